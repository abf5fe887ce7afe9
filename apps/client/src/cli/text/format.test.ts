import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { formatBytes, formatSeconds } from './format.ts'

describe('formatBytes', () => {
  it.each([
    [0, '0 B'],
    [1, '1 B'],
    [1023, '1023 B'],
    [1024, '1.0 KiB'],
    [1536, '1.5 KiB'],
    [1024 ** 2 - 1, '1.0 MiB'],
    [5 * 1024 ** 3, '5.0 GiB'],
    [1023.94 * 1024, '1023.9 KiB'],
    [2 ** 53, '8.0 PiB'],
    [2 ** 62, '4096.0 PiB'],
  ])('%d is %s', (bytes, text) => expect(formatBytes(bytes)).toBe(text))

  it('a speed, which is no whole number, has no more digits than a size', () => {
    fc.assert(
      fc.property(fc.double({ min: 0, max: 2 ** 53, noNaN: true }), (bytes) => {
        expect(formatBytes(bytes)).toMatch(/^\d{1,4}(\.\d)? ([KMGTP]i)?B$/)
      }),
    )
  })
})

describe('formatSeconds', () => {
  it.each([
    [0, '0:00'],
    [0.4, '0:00'],
    [7, '0:07'],
    [59.6, '1:00'],
    [61, '1:01'],
    [3_599.9, '1:00:00'],
    [3_723, '1:02:03'],
    [360_000, '100:00:00'],
  ])('%d is %s', (seconds, text) => expect(formatSeconds(seconds)).toBe(text))
})
