import { describe, expect, it } from 'vitest'
import { InFlightLimit } from './in-flight-limit.ts'

/** Whether a promise has settled by now. */
async function settled(promise: Promise<unknown>): Promise<boolean> {
  return await Promise.race([
    promise.then(() => true),
    new Promise<boolean>((resolve) => setImmediate(resolve, false)),
  ])
}

describe('a limit of what is in flight', () => {
  it('lets so many in at once, and the next when less than half of them are left', async () => {
    const limit = new InFlightLimit(4, 100)
    const inFlight: Disposable[] = []
    for (let count = 0; count < 4; count++) inFlight.push(await limit.enter(1))
    const next = limit.enter(1)
    for (const one of inFlight.slice(1)) {
      expect(await settled(next)).toBe(false)
      one[Symbol.dispose]()
    }
    expect(await settled(next)).toBe(true)
  })

  it('lets so many bytes in, but one thing always', async () => {
    const limit = new InFlightLimit(10, 100)
    const large = await limit.enter(1_000)
    const next = limit.enter(1)
    expect(await settled(next)).toBe(false)
    large[Symbol.dispose]()
    expect(await settled(next)).toBe(true)
  })

  it('counts things that come together, and lets in what is more than there is room for', async () => {
    const limit = new InFlightLimit(4, 100)
    const three = await limit.enter(1, 3)
    const many = await limit.enter(1, 64)
    const next = limit.enter(1, 2)
    many[Symbol.dispose]()
    expect(await settled(next)).toBe(false)
    three[Symbol.dispose]()
    expect(await settled(next)).toBe(true)
  })

  it('tells when it is empty', async () => {
    const limit = new InFlightLimit(2, 100)
    await limit.empty()
    const one = await limit.enter(1)
    const empty = limit.empty()
    expect(await settled(empty)).toBe(false)
    one[Symbol.dispose]()
    expect(await settled(empty)).toBe(true)
  })

  it('tells when one more can enter', async () => {
    const limit = new InFlightLimit(2, Number.POSITIVE_INFINITY)
    const one = await limit.enter(0)
    expect(await settled(limit.available())).toBe(true)
    await limit.enter(0)
    const available = limit.available()
    expect(await settled(available)).toBe(false)
    one[Symbol.dispose]()
    expect(await settled(available)).toBe(true)
  })
})
