import { IF_EXISTS } from '@ftp/protocol'
import { parseBytes } from '@ftp/terminal'
import { InvalidArgumentError, Option } from 'commander'
import { parseDuration } from '../format.ts'
import { isFingerprint } from '../known-servers.ts'

/* Options that several commands have, and what their values may be. */

export function exclude(): Option {
  return new Option(
    '--exclude <pattern>',
    'leave out what fits, as .gitignore does; may be repeated',
  ).argParser((pattern: string, before: readonly string[] = []) => [...before, pattern])
}

export function jobs(): Option {
  return new Option('-j, --jobs <n>', 'files at once').argParser(count).default(4)
}

export function ifExists(preset: string): Option {
  return new Option('--if-exists <policy>', 'when the target exists').choices(IF_EXISTS).default(preset)
}

/** @param preset as a person writes it: `30s` */
export function time(flags: string, description: string, preset: string): Option {
  return new Option(flags, description).argParser(duration).default(duration(preset), preset)
}

function count(text: string): number {
  return whole(text, 1, 64)
}

export function whole(text: string, least: number, most: number): number {
  const value = Number(text)
  if (!Number.isInteger(value) || value < least || value > most || text.trim() === '')
    throw new InvalidArgumentError(`It must be a number from ${least} to ${most}.`)
  return value
}

export function fingerprint(text: string): string {
  if (!isFingerprint(text))
    throw new InvalidArgumentError('It is sha256: and 64 hex digits, as the server shows it.')
  return text
}

export function rate(text: string): number {
  const value = parseBytes(text)
  if (value === undefined || value < 10_240)
    throw new InvalidArgumentError('Write a number of bytes a second like 500K or 10M, at least 10K.')
  return value
}

function duration(text: string): number {
  const value = parseDuration(text)
  if (value === undefined) throw new InvalidArgumentError('Write a time like 30s, 5m or 1h.')
  return value
}
