const UNITS: Readonly<Record<string, number>> = {
  s: 1_000,
  m: 60_000,
  h: 3_600_000,
  d: 86_400_000,
  w: 604_800_000,
}
const DATE = /^\d{4}-\d\d-\d\d$/
const TIME = /^\d{4}-\d\d-\d\d[T ]\d\d:\d\d(:\d\d(\.\d+)?)?(Z|[+-]\d\d:?\d\d)?$/

/**
 * Parses a time as people write it: an interval before `now` (`90m`, `24h`, `7d`, `2w`), or a date
 * (`2026-11-21`, `2026-11-21T18:00`), in local time unless it ends with a time zone.
 * @returns milliseconds since 1970; undefined for anything else
 */
export function parseMoment(text: string, now = Date.now()): number | undefined {
  const interval = parseInterval(text)
  return interval === undefined ? parseDate(text) : now - interval
}

/** As {@link parseMoment}, but an interval is after `now`. */
export function parseDeadline(text: string, now = Date.now()): number | undefined {
  const interval = parseInterval(text)
  return interval === undefined ? parseDate(text) : now + interval
}

/** @returns milliseconds; undefined if the text is no interval */
function parseInterval(text: string): number | undefined {
  const [, count, unit = ''] = /^(\d+(?:\.\d+)?)([smhdw])$/.exec(text) ?? []
  return count === undefined ? undefined : Number(count) * (UNITS[unit] ?? 0)
}

function parseDate(text: string): number | undefined {
  const time = DATE.test(text) ? Date.parse(`${text}T00:00`) : TIME.test(text) ? Date.parse(text) : Number.NaN
  return Number.isNaN(time) ? undefined : time
}
