import { afterEach, beforeEach, expect, it, vi } from 'vitest'
import type { Connection } from '../connection/connection.ts'
import { ownSide } from './own-side.ts'
import { Reconnect } from './session.ts'

const connection = { [Symbol.dispose]: vi.fn() } as unknown as Connection
const close = vi.mocked(connection[Symbol.dispose])

beforeEach(() => vi.useFakeTimers())
afterEach(() => {
  vi.useRealTimers()
  close.mockClear()
})

it('keeps the connection during a short wait', async () => {
  const { promise, resolve } = Promise.withResolvers<string>()
  const waiting = ownSide(connection, promise)
  vi.advanceTimersByTime(19_000)
  resolve('a block')
  expect(await waiting).toBe('a block')
  expect(close).not.toHaveBeenCalled()
  expect(vi.getTimerCount()).toBe(0)
})

it('lets the connection go during a long wait, and asks for another one at its end', async () => {
  const { promise, resolve } = Promise.withResolvers<string>()
  const dropped: string[] = []
  const waiting = ownSide(connection, promise, (result) => dropped.push(result))
  vi.advanceTimersByTime(20_000)
  expect(close).toHaveBeenCalledOnce()
  resolve('a block')
  await expect(waiting).rejects.toBeInstanceOf(Reconnect)
  expect(dropped).toEqual(['a block'])
})

it('passes on why a long wait failed', async () => {
  const { promise, reject } = Promise.withResolvers<string>()
  const waiting = ownSide(connection, promise)
  vi.advanceTimersByTime(20_000)
  reject(new Error('interrupted'))
  await expect(waiting).rejects.toThrow('interrupted')
})
