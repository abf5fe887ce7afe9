import { parseDeadline, parseMoment } from '@ftp/terminal'
import { InvalidArgumentError } from 'commander'

/** Parses a time as people write it. @returns milliseconds since 1970 */
export function moment(text: string): number {
  const time = parseMoment(text)
  if (time === undefined) throw new InvalidArgumentError('It must be like 90m, 24h, 7d or 2026-11-21.')
  return time
}

/** Parses the time at which something ends. @returns microseconds since 1970 */
export function deadline(text: string): number {
  const time = parseDeadline(text)
  if (time === undefined) throw new InvalidArgumentError('It must be like 12h, 7d or 2026-12-31.')
  return time * 1_000
}
