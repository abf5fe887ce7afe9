import { InvalidArgumentError } from 'commander'

const UNITS: Readonly<Record<string, number>> = { s: 1_000, m: 60_000, h: 3_600_000, d: 86_400_000 }

/** Reads a time as people write it: `90m`, `24h` and `7d` ago, or a date such as `2026-11-21` or `2026-11-21T18:00`. */
export function moment(text: string): number {
  const [, count, unit = ''] = /^(\d+(?:\.\d+)?)([smhd])$/.exec(text) ?? []
  const time = count === undefined ? Date.parse(text) : Date.now() - Number(count) * (UNITS[unit] ?? 0)
  if (Number.isNaN(time)) throw new InvalidArgumentError('It must be like 90m, 24h, 7d or 2026-11-21.')
  return time
}
