import type { Entry, Permission } from '@ftp/protocol'

const MONTHS = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec']
/** The permission bits that are shown where the file system has none. */
const DEFAULT_MODE = { file: 0o644, directory: 0o755, symlink: 0o777, other: 0o644 } as const
/** How old a file may be, or how far in the future, for its time of day to be shown, in milliseconds. */
const RECENT_MS = 180 * 86_400_000

/** A line of LIST, as `ls -l` writes it, in UTC. @param now milliseconds since 1970 */
export function listLine({ name, type, size, mtime, mode }: Entry, now = Date.now()): string {
  const kind = type === 'directory' ? 'd' : type === 'file' ? '-' : 'l'
  const time = new Date(mtime / 1_000)
  const pad = (number: number): string => String(number).padStart(2, '0')
  const isRecent = Math.abs(now - time.getTime()) < RECENT_MS
  const clock = `${pad(time.getUTCHours())}:${pad(time.getUTCMinutes())}`
  const day = `${MONTHS[time.getUTCMonth()]} ${pad(time.getUTCDate())}`
  const when = `${day} ${isRecent ? clock : String(time.getUTCFullYear()).padStart(5)}`
  return `${kind}${bits(mode ?? DEFAULT_MODE[type])}   1 ftp      ftp      ${String(size).padStart(12)} ${when} ${name}`
}

/** Permission bits as `ls -l` writes them. */
function bits(mode: number): string {
  return Array.from('rwxrwxrwx', (letter, i) => ((mode >> (8 - i)) & 1 ? letter : '-')).join('')
}

/** The facts that MLSD and MLST tell. */
export const FACTS = ['type', 'size', 'modify', 'perm', 'UNIX.mode'] as const

/** The facts of an entry (RFC 3659, section 7), followed by a space and its name. */
export function factLine(
  { type, size, mtime, mode }: Entry,
  name: string,
  permissions: readonly Permission[],
): string {
  const kind = type === 'directory' ? 'dir' : type === 'file' ? 'file' : 'OS.unix=other'
  const facts = [
    `type=${kind}`,
    ...(type === 'file' ? [`size=${size}`] : []),
    `modify=${formatTime(mtime)}`,
    `perm=${allowed(type, permissions)}`,
    ...(mode === undefined ? [] : [`UNIX.mode=0${mode.toString(8).padStart(3, '0')}`]),
  ]
  return `${facts.map((fact) => `${fact};`).join('')} ${name}`
}

/** What a client may do with an entry, in the letters of RFC 3659, section 7.5.5. */
function allowed(type: Entry['type'], permissions: readonly Permission[]): string {
  const letters: readonly (readonly [string, Permission])[] =
    type === 'directory'
      ? [
          ['c', 'write'],
          ['d', 'delete'],
          ['e', 'list'],
          ['f', 'move'],
          ['l', 'list'],
          ['m', 'mkdir'],
          ['p', 'delete'],
        ]
      : [
          ['a', 'overwrite'],
          ['d', 'delete'],
          ['f', 'move'],
          ['r', 'read'],
          ['w', 'overwrite'],
        ]
  return letters.flatMap(([letter, needed]) => (permissions.includes(needed) ? [letter] : [])).join('')
}

/** A time as `YYYYMMDDhhmmss`, in UTC. @param mtime microseconds since 1970 */
export function formatTime(mtime: number): string {
  return new Date(mtime / 1_000)
    .toISOString()
    .replace(/\.\d+Z$|\D/g, '')
    .slice(0, 14)
}

/**
 * Parses `YYYYMMDDhhmmss`, with or without a fraction, in UTC.
 * @returns microseconds since 1970; undefined if this is not such a time
 */
export function parseTime(text: string): number | undefined {
  const [, year, month, day, hour, minute, second, fraction = ''] =
    /^(\d{4})(\d\d)(\d\d)(\d\d)(\d\d)(\d\d)(?:\.(\d{1,6}))?$/.exec(text) ?? []
  if (year === undefined) return undefined
  const time = new Date(`${year}-${month}-${day}T${hour}:${minute}:${second}Z`)
  // A day that the month does not have would become one of the next.
  if (Number.isNaN(time.getTime()) || time.getUTCDate() !== Number(day)) return undefined
  return time.getTime() * 1_000 + Number(fraction.padEnd(6, '0'))
}
