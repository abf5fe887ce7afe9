import { once } from 'node:events'
import { type Entry, printable } from '@ftp/protocol'
import { type Context, jsonLine } from './command-context.ts'
import { formatBytes } from './text/format.ts'

/** The streams and options that decide how entries are shown. */
interface Output {
  readonly options: { readonly json?: boolean }
  readonly stdout: NodeJS.WritableStream
}

/**
 * Shows entries as `ls` does. Resolves when the reader of the output is ready for more, since there may be a
 * million.
 */
export async function showEntries(
  { options, stdout, signal }: Pick<Context, 'signal'> & Output,
  entries: readonly Entry[],
): Promise<void> {
  const lines = entries.map((entry) =>
    options.json ? jsonLine({ event: 'entry', ...entry }) : `${row(entry)}\n`,
  )
  if (!stdout.write(lines.join(''))) await once(stdout, 'drain', { signal })
}

function row({ type, mode, size, mtime, name }: Entry): string {
  const sign = { file: '-', directory: 'd', symlink: 'l', other: '?' }[type]
  const bytes = type === 'file' ? formatBytes(size) : ''
  return `${sign}${permissionText(mode)} ${bytes.padStart(10)}  ${timeText(mtime)}  ${printable(name)}${type === 'directory' ? '/' : ''}`
}

/** Permission bits as ls(1) shows them; question marks if the server has none. */
export function permissionText(mode: number | undefined): string {
  if (mode === undefined) return '?'.repeat(9)
  return [...'rwxrwxrwx'].map((letter, bit) => ((mode >> (8 - bit)) & 1 ? letter : '-')).join('')
}

/** A time of the protocol in local time: `2026-11-21 09:30`. */
export function timeText(mtime: number): string {
  const time = new Date(mtime / 1000)
  if (Number.isNaN(time.getTime())) return '?'.padEnd(16)
  const two = (value: number): string => String(value).padStart(2, '0')
  const day = `${time.getFullYear()}-${two(time.getMonth() + 1)}-${two(time.getDate())}`
  return `${day} ${two(time.getHours())}:${two(time.getMinutes())}`
}
