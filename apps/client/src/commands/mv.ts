import { formatPath, type IfExists, joinPath, resolvePath, TransferError } from '@ftp/protocol'
import { type Context, forEach, openSession, writeJson } from './context.ts'
import { isRemoteDirectory, noRemoteDirectory } from './remote.ts'

export interface MvOptions {
  readonly ifExists: IfExists
}

/** `mv <remote...> <target>`: renames one, or moves several into a directory. */
export async function mv(
  context: Context,
  paths: readonly string[],
  { ifExists }: MvOptions,
): Promise<number> {
  const sources = paths.slice(0, -1)
  const to = paths.at(-1) ?? ''
  if (sources.length === 0)
    throw new TransferError('bad_request', 'mv needs what to move, and where to: mv a.txt b.txt')
  const target = resolvePath(to)
  using session = await openSession(context)
  const isDirectory = await isRemoteDirectory(session, target)
  if (!isDirectory && (sources.length > 1 || to.endsWith('/'))) throw noRemoteDirectory(to)
  return await forEach(context, sources, async (remote) => {
    const from = resolvePath(remote)
    const path = isDirectory ? joinPath(target, from.at(-1) ?? '') : target
    await session.runOnce(async (connection) => {
      const { reply } = await connection
        .request({ type: 'move', path: formatPath(from), to: formatPath(path), ifExists })
        .next()
      if (context.options.json)
        writeJson(context, { event: reply.type, path: formatPath(from), to: formatPath(path) })
      else if (reply.type === 'skipped') context.stderr.write(`${remote}: left as it is\n`)
    })
  })
}
