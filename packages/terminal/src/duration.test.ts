import { describe, expect, it } from 'vitest'
import { parseDuration } from './duration.ts'

describe('parseDuration', () => {
  it.each([
    ['500ms', 500],
    ['30s', 30_000],
    ['30', 30_000],
    ['1.5', 1_500],
    ['2m', 120_000],
    ['1h', 3_600_000],
    ['0', 0],
  ])('%s is %d ms', (text, ms) => expect(parseDuration(text)).toBe(ms))

  it.each(['', 's', '-1', '1 s', '1d', '1e3', '.5', '1.', '٣', 'Infinity', '1s1s'])(
    '%j is no duration',
    (text) => expect(parseDuration(text)).toBeUndefined(),
  )
})
