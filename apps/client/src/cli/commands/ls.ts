import { once } from 'node:events'
import { type Entry, printable } from '@ftp/protocol'
import { type Context, forEach, jsonLine, remotePath } from '../context.ts'
import { openClient } from '../open-session.ts'
import { formatBytes } from '../text/format.ts'

/** Listings up to this long are sorted; longer ones are shown as they come. */
const SORTED_UP_TO = 10_000
/** Entries of those that are shown at once: a write for each would cost more than all else. */
const TOGETHER = 256

/** Where entries are shown. */
interface Output {
  readonly options: { readonly json?: boolean }
  readonly stdout: NodeJS.WritableStream
}

export interface LsOptions {
  readonly recursive?: boolean
}

/** `ls [remote...]`: shows directories. */
export async function ls(
  context: Context,
  remotes: readonly string[],
  { recursive }: LsOptions,
): Promise<number> {
  using client = await openClient(context)
  const paths = remotes.length === 0 ? ['.'] : remotes
  return await forEach(context, paths, async (remote) => {
    const path = remotePath(context, remote)
    const entry = await client.stat(path)
    if (entry.type !== 'directory') return await showEntries(context, [{ ...entry, name: remote }])
    if (paths.length > 1 && !context.options.json) context.stdout.write(`${printable(remote)}:\n`)
    const listing = client.list(path, { recursive })
    const held: Entry[] = []
    let most = SORTED_UP_TO
    for (;;) {
      const { done, value } = await listing.next()
      if (!done && held.push(value) <= most) continue
      if (done && most === SORTED_UP_TO) held.sort((a, b) => (a.name < b.name ? -1 : 1))
      most = TOGETHER
      await showEntries(context, held.splice(0))
      if (done) return tellUnnamable(context, value)
    }
  })
}

/** Shows entries as `ls` does. Resolves when whoever reads them is ready for more: there may be a million. */
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

/** Permission bits as ls(1) shows them. */
export function permissionText(mode: number): string {
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

function tellUnnamable({ stderr }: Context, count: number): void {
  if (count === 0) return
  stderr.write(
    `ftp-client: ${count} names there cannot be shown: they contain control characters or are not UTF-8\n`,
  )
}
