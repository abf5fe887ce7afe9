import { expect, it } from 'vitest'
import { AbortableSource } from './abortable-source.ts'

it('gives the chunks of its source, and whatever it throws', async () => {
  const source = (async function* (): AsyncGenerator<number> {
    yield 1
    throw new Error('broken')
  })()
  using chunks = new AbortableSource(source, new AbortController().signal)
  expect(await chunks.next()).toEqual({ done: false, value: 1 })
  await expect(chunks.next()).rejects.toThrow('broken')
  expect(await chunks.next()).toEqual({ done: true, value: undefined })
})

it('stops waiting when the signal is aborted, and leaves the source open', async () => {
  const stop = new AbortController()
  const { promise, resolve } = Promise.withResolvers<void>()
  const source = (async function* (): AsyncGenerator<number> {
    await promise
    yield 1
    yield 2
  })()
  using chunks = new AbortableSource(source, stop.signal)
  const waiting = chunks.next()
  stop.abort(new Error('enough'))
  await expect(waiting).rejects.toThrow('enough')
  await expect(chunks.next()).rejects.toThrow('enough')
  resolve()
  expect(await source.next()).toEqual({ done: false, value: 2 })
})
