import { formatPath, type IfExists, joinPath, resolvePath, TransferError } from '@ftp/protocol'
import { type Context, forEach, openSession } from './context.ts'
import { isRemoteDirectory } from './remote.ts'

export interface MvOptions {
  readonly ifExists: IfExists
}

/** `mv <remote...> <target>`: renames one, or moves several into a directory. */
export async function mv(
  context: Context,
  paths: readonly string[],
  { ifExists }: MvOptions,
): Promise<number> {
  using session = await openSession(context)
  const target = resolvePath(paths.at(-1) ?? '')
  const sources = paths.slice(0, -1)
  const isDirectory = await isRemoteDirectory(session, target)
  if (!isDirectory && sources.length > 1)
    throw new TransferError('not_directory', `"${paths.at(-1)}" is not a directory there`)
  return await forEach(context, sources, async (remote) => {
    const from = resolvePath(remote)
    const to = isDirectory ? joinPath(target, from.at(-1) ?? '') : target
    await session.runOnce(async (connection) => {
      const { reply } = await connection
        .request({ type: 'move', path: formatPath(from), to: formatPath(to), ifExists })
        .next()
      if (reply.type === 'skipped' && !context.options.json)
        context.stderr.write(`${remote}: left as it is\n`)
    })
  })
}
