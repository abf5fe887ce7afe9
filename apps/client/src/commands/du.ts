import { formatPath, printable, resolvePath } from '@ftp/protocol'
import { formatBytes } from '../format.ts'
import { type Context, forEach, openSession, writeJson } from './context.ts'

/** `du [remote...]`: how much trees take. */
export async function du(context: Context, remotes: readonly string[]): Promise<number> {
  using session = await openSession(context)
  return await forEach(context, remotes.length === 0 ? ['.'] : remotes, async (remote) => {
    const path = formatPath(resolvePath(remote))
    const { reply } = await session.run(({ connection }) =>
      connection.request({ type: 'usage', path }).expect('usage'),
    )
    const { bytes, files, directories } = reply
    if (context.options.json) return writeJson(context, { event: 'usage', path, bytes, files, directories })
    const counts = `${files} ${files === 1 ? 'file' : 'files'}, ${directories} ${directories === 1 ? 'directory' : 'directories'}`
    context.stdout.write(`${formatBytes(bytes).padStart(10)}  ${counts}  ${printable(remote)}\n`)
  })
}
