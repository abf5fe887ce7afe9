import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { rangeOf } from './range.ts'

describe('a Range', () => {
  it.each([
    [undefined, 10, 'whole'],
    ['bytes=0-0', 10, { start: 0, end: 1 }],
    ['bytes=3-', 10, { start: 3, end: 10 }],
    ['bytes=-3', 10, { start: 7, end: 10 }],
    ['bytes=-30', 10, { start: 0, end: 10 }],
    ['bytes=5-99999999999999999999999', 10, { start: 5, end: 10 }],
    ['BYTES= 5-6 ', 10, { start: 5, end: 7 }],
    ['bytes=10-', 10, 'unsatisfiable'],
    ['bytes=18446744073709551615-18446744073709551616', 10, 'unsatisfiable'],
    ['bytes=-0', 10, 'unsatisfiable'],
    ['bytes=0-', 0, 'unsatisfiable'],
    ['bytes=-1', 0, 'unsatisfiable'],
    ['bytes=5-2', 10, 'whole'],
    ['bytes=9007199254740993-9007199254740992', 10, 'whole'],
    ['bytes=-', 10, 'whole'],
    ['bytes=', 10, 'whole'],
    ['bytes=0-1,3-4', 10, 'whole'],
    ['lines=0-1', 10, 'whole'],
    ['bytes=1 - 2', 10, 'whole'],
    ['bytes=+1-2', 10, 'whole'],
    ['bytes=0x1-2', 10, 'whole'],
    ['bytes=1.0-2', 10, 'whole'],
  ] as const)('%j of %i bytes is %j', (header, size, expected) => {
    expect(rangeOf(header, size)).toEqual(expected)
  })

  it('is never outside the file, never empty, and never throws', () => {
    const text = fc.string({ unit: fc.constantFrom(...'0123456789-,= b') })
    fc.assert(
      fc.property(fc.oneof(text, fc.string()), fc.nat(), (rest, size) => {
        const range = rangeOf(`bytes=${rest}`, size)
        if (typeof range === 'string') return
        expect(range.start).toBeGreaterThanOrEqual(0)
        expect(range.end).toBeGreaterThan(range.start)
        expect(range.end).toBeLessThanOrEqual(size)
      }),
    )
  })

  it('has the bytes that it names', () => {
    fc.assert(
      fc.property(fc.nat(1_000), fc.nat(1_000), fc.integer({ min: 1, max: 1_000 }), (a, b, size) => {
        const [first, last] = [Math.min(a, b), Math.max(a, b)]
        const range = rangeOf(`bytes=${first}-${last}`, size)
        if (first >= size) expect(range).toBe('unsatisfiable')
        else expect(range).toEqual({ start: first, end: Math.min(size, last + 1) })
      }),
    )
  })
})
