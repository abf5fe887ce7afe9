import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { Rate } from './rate.ts'

function rateOf(...samples: [at: number, position: number][]): number {
  const rate = new Rate()
  for (const [at, position] of samples) rate.sample(position, at)
  return rate.bytesPerSecond
}

describe('the speed', () => {
  it('is 0 until there are two samples at different times', () => {
    expect(rateOf()).toBe(0)
    expect(rateOf([5, 1_000])).toBe(0)
    expect(rateOf([5, 0], [5, 1_000])).toBe(0)
  })

  it('does not count what was there at the beginning', () => {
    expect(rateOf([0, 5_000_000], [1_000, 5_001_000])).toBe(1_000)
  })

  it('looks back three seconds, and to the last sample before them', () => {
    expect(rateOf([0, 0], [1_000, 9_000], [4_000, 9_000], [5_000, 10_000])).toBe(250)
    expect(rateOf([0, 0], [60_000, 6_000])).toBe(100)
  })

  it('shows a constant speed as it is within two seconds, however late the first bytes came', () => {
    const rate = new Rate()
    rate.sample(0, 0)
    for (let at = 900; at <= 2_000; at += 40) rate.sample(((at - 900) / 40 + 1) * 1_000_000, at)
    expect(rate.bytesPerSecond).toBeCloseTo(25_000_000)
  })

  it('begins anew when a transfer starts again', () => {
    expect(rateOf([0, 0], [1_000, 9_000], [1_100, 0])).toBe(0)
    expect(rateOf([0, 0], [1_000, 9_000], [1_100, 0], [2_100, 500])).toBe(500)
  })

  it('is never negative, never infinite, and never more than the fastest moment', () => {
    const step = fc.record({ after: fc.integer({ min: 1, max: 5_000 }), bytes: fc.nat(10_000) })
    fc.assert(
      fc.property(fc.array(step, { minLength: 2 }), (steps) => {
        const rate = new Rate()
        let [at, position, fastest] = [0, 0, 0]
        rate.sample(position, at)
        for (const { after, bytes } of steps) {
          at += after
          position += bytes
          fastest = Math.max(fastest, (bytes / after) * 1000)
          rate.sample(position, at)
          expect(rate.bytesPerSecond).toBeGreaterThanOrEqual(0)
          expect(rate.bytesPerSecond).toBeLessThanOrEqual(fastest * 1.000001)
        }
      }),
    )
  })
})
