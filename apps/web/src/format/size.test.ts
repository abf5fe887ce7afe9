import { expect, it } from 'vitest'
import { formatSize } from './size.ts'

it.each([
  [0, /^0 \D+$/],
  [999, /^999 \D+$/],
  [1_000, /^1 kB$/],
  [1_450, /^1.4 kB$|^1.5 kB$/],
  [99_949, /^99.9 kB$/],
  [99_950, /^100 kB$/],
  [999_499, /^999 kB$/],
  [999_500, /^1 MB$/],
  [5e15, /^5 PB$/],
  [Number.MAX_SAFE_INTEGER, /^9 PB$/],
])('%d bytes', (bytes, text) => {
  expect(formatSize(bytes)).toMatch(text)
})
