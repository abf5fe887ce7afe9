import { IF_EXISTS, PERMISSIONS, type Permission } from '@ftp/protocol'
import { parseBytes, parseDeadline, parseDuration, parseMoment } from '@ftp/terminal'
import { type Command, InvalidArgumentError, Option } from 'commander'
import { isFingerprint } from '../../profiles/known-servers.ts'
import { TREES } from '../help/help.ts'

/* Options that several commands share, and the parsers of their values. */

export function jobs(): Option {
  return new Option('-j, --jobs <n>', 'how many connections share the work').argParser(count).default(4)
}

export function streams(): Option {
  return new Option('--streams <n>', 'connections per large file; use more on long or lossy lines')
    .argParser((text) => whole(text, 1, 8))
    .default(1)
}

/** @param preset the default policy */
export function ifExists(preset: string): Option {
  return new Option('--if-exists <policy>', 'what to do if the target exists')
    .choices(IF_EXISTS)
    .default(preset)
}

/** @param preset the default as a person writes it: `30s` @param least the least value, written in the same way */
export function time(flags: string, description: string, preset: string, least = '0s'): Option {
  const parse = (text: string): number => {
    const value = parseDuration(text)
    if (value === undefined || value < (parseDuration(least) ?? 0))
      throw new InvalidArgumentError(
        `Write a time like 30s, 5m or 1h${least === '0s' ? '' : `, at least ${least}`}.`,
      )
    return value
  }
  return new Option(flags, description).argParser(parse).default(parse(preset), preset)
}

/** Adds the options that select from a tree to a command. */
export function addTreeOptions(command: Command): void {
  const before = [...command.options]
  const glob = (flags: string, description: string): Option =>
    new Option(flags, description).argParser((each: string, before: readonly string[] = []) => [
      ...before,
      each,
    ])
  command
    .addOption(glob('--include <pattern>', 'only files that match: *.jpg, docs/; may be repeated'))
    .addOption(glob('--exclude <pattern>', 'nothing that matches: *.tmp, build/; may be repeated'))
    .option('--exclude-from <file>', 'nothing that matches this list of .gitignore patterns')
    .option('--files-from <file>', 'only the paths in this list, one per line; - is stdin')
    .option('-0, --null', 'paths in --files-from end with NUL (find -print0)')
    .option('--min-size <size>', 'only files of at least this size: 500K, 10M', bytes)
    .option('--max-size <size>', 'only files of at most this size', bytes)
    .option('--newer-than <time>', 'only files newer than this date or age: 2026-01-31, 7d', moment)
    .option('--older-than <time>', 'only files older than this date or age', moment)
    .addOption(
      new Option('--links <policy>', 'what to do with symlinks')
        .choices(['skip', 'follow'])
        .default(undefined, 'skip'),
    )
  for (const option of command.options) if (!before.includes(option)) option.helpGroup(TREES)
}

function count(text: string): number {
  return whole(text, 1, 64)
}

/** Parses a whole number within bounds. @throws InvalidArgumentError if it is none */
export function whole(text: string, least: number, most: number): number {
  const value = Number(text)
  if (!Number.isInteger(value) || value < least || value > most || text.trim() === '')
    throw new InvalidArgumentError(`It must be a number from ${least} to ${most}.`)
  return value
}

/** @throws InvalidArgumentError unless the text is a fingerprint */
export function fingerprint(text: string): string {
  if (!isFingerprint(text))
    throw new InvalidArgumentError('It is sha256: and 64 hex digits, as the server shows it.')
  return text
}

/** Parses a rate in bytes per second. @throws InvalidArgumentError if it is none, or less than 10240 */
export function rate(text: string): number {
  const value = parseBytes(text)
  if (value === undefined || value < 10_240)
    throw new InvalidArgumentError('Write a number of bytes a second like 500K or 10M, at least 10K.')
  return value
}

function bytes(text: string): number {
  const value = parseBytes(text)
  if (value === undefined) throw new InvalidArgumentError('Write a number of bytes like 0, 500K, 10M or 2G.')
  return value
}

function moment(text: string): number {
  const value = parseMoment(text)
  if (value === undefined)
    throw new InvalidArgumentError('Write how long ago, like 90m, 24h or 7d, or a date like 2026-11-21.')
  return value
}

/** Parses the time at which something ends. @returns microseconds since 1970 */
export function deadline(text: string): number {
  const value = parseDeadline(text)
  if (value === undefined)
    throw new InvalidArgumentError('Write how long, like 12h or 7d, or a date like 2026-12-31.')
  return value * 1_000
}

/** Parses a list of permissions. */
export function permissions(text: string): readonly Permission[] {
  const words = text.split(',').map((word) => word.trim())
  const unknown = words.find((word) => !PERMISSIONS.some((permission) => permission === word))
  if (unknown !== undefined)
    throw new InvalidArgumentError(`"${unknown}" is not one of ${PERMISSIONS.join(', ')}.`)
  return PERMISSIONS.filter((permission) => words.includes(permission))
}
