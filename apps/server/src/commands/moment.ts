import { parseMoment } from '@ftp/terminal'
import { InvalidArgumentError } from 'commander'

/** Parses a time as people write it. @returns milliseconds since 1970 */
export function moment(text: string): number {
  const time = parseMoment(text)
  if (time === undefined) throw new InvalidArgumentError('It must be like 90m, 24h, 7d or 2026-11-21.')
  return time
}
