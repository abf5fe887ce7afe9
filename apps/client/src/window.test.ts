import { describe, expect, it } from 'vitest'
import { Window } from './window.ts'

/** Whether a promise has settled by now. */
async function settled(promise: Promise<unknown> | undefined): Promise<boolean> {
  return await Promise.race([
    Promise.resolve(promise).then(() => true),
    new Promise<boolean>((resolve) => setImmediate(resolve, false)),
  ])
}

describe('a window', () => {
  it('lets so many in at once, and the next when less than half of them are left', async () => {
    const window = new Window(4, 100)
    for (let count = 0; count < 4; count++) await window.enter(1)
    const next = window.enter(1)
    for (let left = 4; left > 1; left--) {
      expect(await settled(next)).toBe(false)
      window.leave(1)
    }
    expect(await settled(next)).toBe(true)
  })

  it('lets so many bytes in, but one thing always', async () => {
    const window = new Window(10, 100)
    await window.enter(1_000)
    const next = window.enter(1)
    expect(await settled(next)).toBe(false)
    window.leave(1_000)
    expect(await settled(next)).toBe(true)
  })

  it('counts things that come together, and lets in what is more than there is room for', async () => {
    const window = new Window(4, 100)
    expect(window.enter(1, 3)).toBeUndefined()
    expect(window.enter(1, 64)).toBeUndefined()
    const next = window.enter(1, 2)
    window.leave(1, 64)
    expect(await settled(next)).toBe(false)
    window.leave(1, 3)
    expect(await settled(next)).toBe(true)
  })

  it('tells when it is empty', async () => {
    const window = new Window(2, 100)
    await window.empty()
    await window.enter(1)
    const empty = window.empty()
    expect(await settled(empty)).toBe(false)
    window.leave(1)
    expect(await settled(empty)).toBe(true)
  })
})
