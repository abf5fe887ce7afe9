import { formatPath, resolvePath } from '@ftp/protocol'
import { type Context, forEach, openSession, writeJson } from './context.ts'

export interface RmOptions {
  readonly recursive?: boolean
}

/** `rm <remote...>`: removes files, with -r directories and everything in them. */
export async function rm(
  context: Context,
  remotes: readonly string[],
  { recursive }: RmOptions,
): Promise<number> {
  using session = await openSession(context)
  return await forEach(context, remotes, async (remote) => {
    const path = formatPath(resolvePath(remote))
    await session.runOnce((connection) =>
      connection.request({ type: 'remove', path, ...(recursive && { recursive }) }).expect('done'),
    )
    if (context.options.json) writeJson(context, { event: 'done', path })
  })
}
