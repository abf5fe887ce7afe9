import { expect, it } from 'vitest'
import { parseBytes } from './bytes.ts'

it.each([
  ['0', 0],
  ['500', 500],
  ['500B', 500],
  ['1k', 1_024],
  ['1K', 1_024],
  ['1KiB', 1_024],
  ['1kB', 1_000],
  ['10G', 10 * 1024 ** 3],
  ['10 GB', 10_000_000_000],
  ['1.5TiB', 1.5 * 1024 ** 4],
])('%s is a size: %i bytes', (text, bytes) => {
  expect(parseBytes(text)).toBe(bytes)
})

it.each(['', '-1', 'x', '1X', '1iB', '1e3', '1,5G', '0x10', '9000P', 'G'])('%j is no size', (text) => {
  expect(parseBytes(text)).toBeUndefined()
})
