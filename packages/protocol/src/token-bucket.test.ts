import { describe, expect, it } from 'vitest'
import { TokenBucket } from './token-bucket.ts'

describe('a token bucket', () => {
  it('lets pass what its rate allows, to the millisecond', () => {
    const bucket = new TokenBucket()
    let now = 5_000
    for (let piece = 0; piece < 100; piece++) now += bucket.take(1_000, 50_000, now)
    expect(now).toBe(5_000 + 2_000)
  })

  it('shares one rate among all who take from it', () => {
    const bucket = new TokenBucket()
    expect([bucket.take(100, 1_000, 0), bucket.take(100, 1_000, 0), bucket.take(100, 1_000, 0)]).toEqual([
      100, 200, 300,
    ])
  })

  it('makes up for a late timer, but not for a time without use', () => {
    const bucket = new TokenBucket()
    expect(bucket.take(100, 1_000, 0)).toBe(100)
    expect(bucket.take(100, 1_000, 130)).toBe(70)
    expect(bucket.take(100, 1_000, 60_000)).toBe(50)
  })

  it('keeps its rate on a busy machine, on which every wait takes longer than it should', () => {
    const bucket = new TokenBucket(500)
    let now = 0
    for (let piece = 0; piece < 20_000; piece++) {
      const wait = bucket.take(65_536, 100_000_000, now)
      if (wait >= 4) now += wait + 200
    }
    const perfect = (20_000 * 65_536) / 100_000
    expect(now / perfect).toBeGreaterThan(0.95)
    expect(now / perfect).toBeLessThan(1.05)
  })

  it('takes a new rate from one call to the next', () => {
    const bucket = new TokenBucket()
    expect(bucket.take(100, 1_000, 0)).toBe(100)
    expect(bucket.take(100, 100, 100)).toBe(1_000)
  })
})
