import type { Entry, EntryType } from '@ftp/protocol'
import { ATTRIBUTE } from './codes.ts'
import type { Fields } from './fields.ts'

/** The attributes that a client wants a file to have; those that are absent stay as they are. */
export interface WantedAttributes {
  /** Bytes; `too-large` if no file can have so many. */
  readonly size?: number | 'too-large'
  /** Whether the client wants another owner, which this server does not change. */
  readonly hasOwner: boolean
  /** Permission bits, 0 to 0o777: those that change the rights of a program when it runs are left out. */
  readonly mode?: number
  /** Microseconds since 1970. */
  readonly mtime?: number
}

const SECOND = 1_000_000
const [LARGEST_UINT32, PERMISSIONS] = [0xffffffff, 0o777]
/** The most extended attributes that are skipped. */
const MOST_EXTENDED = 16

/** @throws BadMessage */
export function readAttributes(fields: Fields): WantedAttributes {
  const flags = fields.uint32()
  const has = (flag: number): boolean => (flags & flag) !== 0
  const size = has(ATTRIBUTE.size) ? { size: fields.uint64() ?? ('too-large' as const) } : {}
  const hasOwner = has(ATTRIBUTE.owner)
  if (hasOwner) [fields.uint32(), fields.uint32()]
  const mode = has(ATTRIBUTE.permissions) ? { mode: fields.uint32() & PERMISSIONS } : {}
  const [, seconds] = has(ATTRIBUTE.times) ? [fields.uint32(), fields.uint32()] : []
  const mtime = seconds === undefined ? {} : { mtime: seconds * SECOND }
  if (has(ATTRIBUTE.extended))
    for (let left = Math.min(fields.uint32(), MOST_EXTENDED); left > 0; left--)
      [fields.bytes(), fields.bytes()]
  return { ...size, hasOwner, ...mode, ...mtime }
}

/** The number of bytes that the attributes of an entry take. */
export const ATTRIBUTES_BYTES = 24

const TYPE_BITS: Readonly<Record<EntryType, number>> = {
  file: 0o100000,
  directory: 0o040000,
  symlink: 0o120000,
  other: 0o010000,
}

/** Writes the attributes of an entry. @returns the offset after them */
export function writeAttributes(target: Buffer, at: number, entry: Entry): number {
  const seconds = secondsOf(entry.mtime)
  target.writeUInt32BE(ATTRIBUTE.size | ATTRIBUTE.permissions | ATTRIBUTE.times, at)
  target.writeBigUInt64BE(BigInt(entry.size), at + 4)
  target.writeUInt32BE(TYPE_BITS[entry.type] | modeOf(entry), at + 12)
  target.writeUInt32BE(seconds, at + 16)
  return target.writeUInt32BE(seconds, at + 20)
}

function secondsOf(mtime: number): number {
  return Math.min(LARGEST_UINT32, Math.max(0, Math.floor(mtime / SECOND)))
}

/** Where the file system has no permission bits, such as on Windows, everybody may read. */
function modeOf({ type, mode }: Entry): number {
  return mode ?? (type === 'directory' ? 0o755 : 0o644)
}

const TYPE_LETTERS: Readonly<Record<EntryType, string>> = {
  file: '-',
  directory: 'd',
  symlink: 'l',
  other: 'p',
}
const MONTHS = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec']
const HALF_A_YEAR = 182 * 86_400

/**
 * A line as `ls -l` prints it, which clients show to people.
 * @param now in seconds since 1970: the time of day is shown for times of the last half year
 */
export function longName(entry: Entry, owner: string, now: number): string {
  const seconds = secondsOf(entry.mtime)
  const date = new Date(seconds * 1_000)
  const two = (value: number): string => String(value).padStart(2, '0')
  const isRecent = Math.abs(now - seconds) < HALF_A_YEAR
  const time = `${two(date.getHours())}:${two(date.getMinutes())}`
  const day = `${MONTHS[date.getMonth()]} ${String(date.getDate()).padStart(2)}`
  const year = String(date.getFullYear()).padStart(5)
  const who = owner.padEnd(8)
  const size = String(entry.size).padStart(8)
  return `${letters(entry)}    1 ${who} ${who} ${size} ${day} ${isRecent ? time : year} ${entry.name}`
}

function letters(entry: Entry): string {
  const mode = modeOf(entry)
  const bits = [...'rwxrwxrwx'].map((letter, index) => ((mode >> (8 - index)) & 1 ? letter : '-'))
  return TYPE_LETTERS[entry.type] + bits.join('')
}
