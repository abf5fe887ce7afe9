import { afterEach, beforeEach, expect, it, vi } from 'vitest'
import type { Attempt, Session } from '../session/session.ts'
import { Attempts } from './attempts.ts'

beforeEach(() => vi.useFakeTimers())
afterEach(() => vi.useRealTimers())

it('tells how long the server has been silent, on all connections of a transfer', async () => {
  const connections = [{ silence: 9_000 }, { silence: 4_000 }]
  const unused = [...connections]
  const session = {
    run: async (action: (attempt: Attempt) => Promise<unknown>) =>
      await action({ connection: unused.shift(), progressed: () => {} } as unknown as Attempt),
  } as unknown as Session
  const silent = vi.fn()
  const listener = { phase: () => {}, size: () => {}, moved: () => {}, resumed: () => {}, silent }
  const attempts = new Attempts(session, listener)
  const end = Promise.withResolvers<void>()
  const running = connections.map(() => attempts.run(async () => await end.promise))
  vi.advanceTimersByTime(1_000)
  expect(silent).toHaveBeenLastCalledWith(4_000)
  end.resolve()
  await Promise.all(running)
  silent.mockClear()
  vi.advanceTimersByTime(5_000)
  expect(silent).not.toHaveBeenCalled()
})
