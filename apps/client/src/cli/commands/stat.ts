import { formatPath, printable } from '@ftp/protocol'
import { requireNames } from '../arguments/habits.ts'
import { type Context, forEach, remotePath, writeJson } from '../command-context.ts'
import { permissionText, timeText } from '../entry-list.ts'
import { openClient } from '../open-client.ts'

function modeText(mode: number | undefined): string {
  return mode === undefined ? '' : `${mode.toString(8).padStart(4, '0')} (${permissionText(mode)})`
}

/** `stat <remote...>`: shows everything that is known about each path. */
export async function stat(context: Context, remotes: readonly string[]): Promise<number> {
  using client = await openClient(context)
  await requireNames(context, client, remotes)
  return await forEach(context, remotes, async (remote) => {
    const entry = await client.stat(remotePath(context, remote))
    const path = formatPath(remotePath(context, remote))
    if (context.options.json) return writeJson(context, { event: 'entry', ...entry, name: path })
    const rows = [
      ['path', `/${printable(path)}`],
      ['type', entry.type],
      ['size', `${entry.size} bytes`],
      ['modified', timeText(entry.mtime)],
      ['mode', modeText(entry.mode)],
      ['md5', entry.md5 ?? (entry.type === 'file' ? 'not computed yet; ask with md5' : '')],
    ]
    for (const [name, value] of rows) if (value) context.stdout.write(`${name?.padEnd(9)} ${value}\n`)
  })
}
