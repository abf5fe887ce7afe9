import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { evaluate, httpDate, rangeHolds } from './conditions.ts'

const MTIME = Date.UTC(2026, 10, 30, 12, 0, 0) * 1_000 + 123_456
const CURRENT = { etag: '"a"', mtime: MTIME }
const SAME = 'Mon, 30 Nov 2026 12:00:00 GMT'
const EARLIER = 'Mon, 30 Nov 2026 11:59:59 GMT'

describe('a conditional request', () => {
  it.each([
    ['nothing', {}, 'go', 'go'],
    ['If-Match of it', { ifMatch: '"a"' }, 'go', 'go'],
    ['If-Match of anything', { ifMatch: '*' }, 'go', 'go'],
    ['If-Match in a list', { ifMatch: '"b", "a"' }, 'go', 'go'],
    ['If-Match of another', { ifMatch: '"b"' }, 'failed', 'failed'],
    ['If-Match, weak', { ifMatch: 'W/"a"' }, 'failed', 'failed'],
    ['If-Match without quotes', { ifMatch: 'a' }, 'failed', 'failed'],
    ['If-None-Match of it', { ifNoneMatch: '"a"' }, 'not-modified', 'failed'],
    ['If-None-Match, weak', { ifNoneMatch: 'W/"a"' }, 'not-modified', 'failed'],
    ['If-None-Match of anything', { ifNoneMatch: ' * ' }, 'not-modified', 'failed'],
    ['If-None-Match of another', { ifNoneMatch: '"b"', ifModifiedSince: SAME }, 'go', 'go'],
    ['both', { ifMatch: '"a"', ifNoneMatch: '"a"' }, 'not-modified', 'failed'],
    ['If-Modified-Since then', { ifModifiedSince: SAME }, 'not-modified', 'go'],
    ['If-Modified-Since before', { ifModifiedSince: EARLIER }, 'go', 'go'],
    ['If-Unmodified-Since then', { ifUnmodifiedSince: SAME }, 'go', 'go'],
    ['If-Unmodified-Since before', { ifUnmodifiedSince: EARLIER }, 'failed', 'failed'],
    ['If-Match before a date', { ifMatch: '"a"', ifUnmodifiedSince: EARLIER }, 'go', 'go'],
    ['no date', { ifModifiedSince: 'yesterday', ifUnmodifiedSince: '1' }, 'go', 'go'],
  ] as const)('with %s', (_, conditions, read, write) => {
    expect(evaluate(conditions, CURRENT, true)).toBe(read)
    expect(evaluate(conditions, CURRENT, false)).toBe(write)
  })

  it.each([
    ['If-Match', { ifMatch: '*' }, 'failed'],
    ['If-None-Match', { ifNoneMatch: '*' }, 'go'],
    ['If-Unmodified-Since', { ifUnmodifiedSince: EARLIER }, 'go'],
  ] as const)('for what does not exist: %s', (_, conditions, verdict) => {
    expect(evaluate(conditions, undefined, false)).toBe(verdict)
  })

  it('of any text ends in time, and matches no other version', () => {
    fc.assert(
      fc.property(fc.string(), (list) => {
        if (list.includes('"a"') || list.trim() === '*') return
        expect(evaluate({ ifMatch: list }, CURRENT, false)).toBe('failed')
      }),
    )
    const long = '"b", '.repeat(20_000)
    expect(evaluate({ ifMatch: long }, CURRENT, false)).toBe('failed')
  })
})

it.each([
  [undefined, true],
  ['"a"', true],
  ['"b"', false],
  ['W/"a"', false],
  [SAME, true],
  [EARLIER, false],
  ['', false],
] as const)('If-Range %j holds: %j', (header, holds) => {
  expect(rangeHolds(header, CURRENT)).toBe(holds)
})

it('a time is written in whole seconds', () => {
  expect(httpDate(MTIME)).toBe(SAME)
})
