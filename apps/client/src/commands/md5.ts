import { formatPath, resolvePath, TransferError } from '@ftp/protocol'
import { type Context, forEach, openSession, writeJson } from './context.ts'

/** `md5 <remote...>`: the MD5 of files as the server has them, in the format of md5sum. */
export async function md5(context: Context, remotes: readonly string[]): Promise<number> {
  using session = await openSession(context)
  return await forEach(context, remotes, async (remote) => {
    const path = formatPath(resolvePath(remote))
    const { reply } = await session.run(({ connection }) =>
      connection.request({ type: 'digest', path }).expect('digest'),
    )
    if (reply.md5 === undefined) throw new TransferError('protocol', 'the server sent no MD5')
    if (context.options.json) writeJson(context, { event: 'md5', path, md5: reply.md5, bytes: reply.length })
    else context.stdout.write(`${sumLine(reply.md5, remote)}\n`)
  })
}

/** A line of md5sum(1): a name with a backslash or line break is escaped, and the line says so with a backslash. */
export function sumLine(md5: string, name: string): string {
  const escaped = name.replaceAll('\\', '\\\\').replaceAll('\n', '\\n').replaceAll('\r', '\\r')
  return `${escaped === name ? '' : '\\'}${md5}  ${escaped}`
}
