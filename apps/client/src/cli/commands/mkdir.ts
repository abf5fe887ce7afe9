import { formatPath } from '@ftp/protocol'
import { type Context, forEach, remotePath, writeJson } from '../command-context.ts'
import { openClient } from '../open-client.ts'

export interface MkdirOptions {
  readonly parents?: boolean
}

/** `mkdir <remote...>`: makes directories. */
export async function mkdir(
  context: Context,
  remotes: readonly string[],
  { parents }: MkdirOptions,
): Promise<number> {
  using client = await openClient(context)
  return await forEach(context, remotes, async (remote) => {
    const path = remotePath(context, remote)
    await client.mkdir(path, { parents })
    if (context.options.json) writeJson(context, { event: 'done', path: formatPath(path) })
  })
}
