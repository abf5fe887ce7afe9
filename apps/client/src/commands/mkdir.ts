import { formatPath, resolvePath } from '@ftp/protocol'
import type { Connection } from '../connection/connection.ts'
import { type Context, forEach, openSession, writeJson } from './context.ts'

export interface MkdirOptions {
  readonly parents?: boolean
}

/** `mkdir <remote...>`: makes directories. */
export async function mkdir(
  context: Context,
  remotes: readonly string[],
  { parents }: MkdirOptions,
): Promise<number> {
  using session = await openSession(context)
  return await forEach(context, remotes, async (remote) => {
    const path = formatPath(resolvePath(remote))
    const make = (connection: Connection): Promise<unknown> =>
      connection.request({ type: 'mkdir', path, ...(parents && { parents }) }).expect('done')
    if (parents) await session.run(({ connection }) => make(connection))
    else await session.runOnce(make)
    if (context.options.json) writeJson(context, { event: 'done', path })
  })
}
