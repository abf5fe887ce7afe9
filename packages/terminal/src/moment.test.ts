import { describe, expect, it } from 'vitest'
import { parseDeadline, parseMoment } from './moment.ts'

const NOW = Date.UTC(2026, 10, 21, 12)

describe('a moment', () => {
  it.each([
    ['90m', NOW - 90 * 60_000],
    ['1.5h', NOW - 90 * 60_000],
    ['7d', NOW - 7 * 86_400_000],
    ['2w', NOW - 14 * 86_400_000],
    ['0s', NOW],
    ['2026-11-21', new Date(2026, 10, 21).getTime()],
    ['2026-11-21T18:00', new Date(2026, 10, 21, 18).getTime()],
    ['2026-11-21 18:00:30', new Date(2026, 10, 21, 18, 0, 30).getTime()],
    ['2026-11-21T18:00Z', Date.UTC(2026, 10, 21, 18)],
    ['2026-11-21T18:00+02:00', Date.UTC(2026, 10, 21, 16)],
  ])('%s is read', (text, time) => {
    expect(parseMoment(text, NOW)).toBe(time)
  })

  it('is after now if it is when something ends', () => {
    expect(parseDeadline('7d', NOW)).toBe(NOW + 7 * 86_400_000)
    expect(parseDeadline('2026-11-21T18:00Z', NOW)).toBe(Date.UTC(2026, 10, 21, 18))
    expect(parseDeadline('soon', NOW)).toBeUndefined()
  })

  it.each(['', '7', 'd', '-7d', '7y', 'yesterday', '2026', '2026-13-01', '21.11.2026', '2026-11-21T99:00'])(
    '%j is none',
    (text) => {
      expect(parseMoment(text, NOW)).toBeUndefined()
    },
  )
})
