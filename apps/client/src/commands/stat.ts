import { formatPath, printable, resolvePath } from '@ftp/protocol'
import { type Context, forEach, openSession, writeJson } from './context.ts'
import { permissionText, timeText } from './ls.ts'

/** `stat <remote...>`: shows all that is known of each path. */
export async function stat(context: Context, remotes: readonly string[]): Promise<number> {
  using session = await openSession(context)
  return await forEach(context, remotes, async (remote) => {
    const path = formatPath(resolvePath(remote))
    const { reply } = await session.run(({ connection }) =>
      connection.request({ type: 'stat', path }).expect('entry'),
    )
    const { entry } = reply
    if (context.options.json) return writeJson(context, { event: 'entry', ...entry, name: path })
    const rows = [
      ['path', `/${printable(path)}`],
      ['type', entry.type],
      ['size', `${entry.size} bytes`],
      ['modified', timeText(entry.mtime)],
      ['mode', `${entry.mode.toString(8).padStart(4, '0')} (${permissionText(entry.mode)})`],
      ['md5', entry.md5 ?? (entry.type === 'file' ? 'not computed yet; ask with md5' : '')],
    ]
    for (const [name, value] of rows) if (value) context.stdout.write(`${name?.padEnd(9)} ${value}\n`)
  })
}
