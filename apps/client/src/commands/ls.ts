import { type Entry, formatPath, printable, resolvePath } from '@ftp/protocol'
import { formatBytes } from '../format.ts'
import { type Context, forEach, openSession, writeJson } from './context.ts'

/** Listings up to this long are sorted; longer ones are shown as they come. */
const SORTED_UP_TO = 10_000

export interface LsOptions {
  readonly recursive?: boolean
}

/** `ls [remote...]`: shows directories. */
export async function ls(
  context: Context,
  remotes: readonly string[],
  { recursive }: LsOptions,
): Promise<number> {
  using session = await openSession(context)
  const paths = remotes.length === 0 ? ['.'] : remotes
  return await forEach(context, paths, async (remote) => {
    const path = resolvePath(remote)
    await session.run(async ({ connection }) => {
      const { reply: status } = await connection
        .request({ type: 'stat', path: formatPath(path) })
        .expect('entry')
      if (status.entry.type !== 'directory') return show(context, [{ ...status.entry, name: remote }])
      if (paths.length > 1 && !context.options.json) context.stdout.write(`${printable(remote)}:\n`)
      using exchange = connection.request({
        type: 'list',
        path: formatPath(path),
        ...(recursive && { recursive }),
      })
      const held: Entry[] = []
      for (let last = false; !last; ) {
        const { reply } = await exchange.expect('entries')
        held.push(...reply.entries)
        last = reply.last === true
        if (last || held.length > SORTED_UP_TO) {
          if (last && held.length <= SORTED_UP_TO) held.sort((a, b) => (a.name < b.name ? -1 : 1))
          show(context, held.splice(0))
        }
        if (reply.unnamable !== undefined) tellUnnamable(context, reply.unnamable)
      }
    })
  })
}

function show(context: Context, entries: readonly Entry[]): void {
  for (const entry of entries) {
    if (context.options.json) writeJson(context, { event: 'entry', ...entry })
    else context.stdout.write(`${row(entry)}\n`)
  }
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
  stderr.write(
    `ftp-client: ${count} names there cannot be shown: they contain control characters or are not UTF-8\n`,
  )
}
