import { formatPath } from '@ftp/protocol'
import { requireNames } from '../arguments/habits.ts'
import { type Context, forEach, remotePath, writeJson } from '../command-context.ts'
import { openClient } from '../open-client.ts'

export interface RmOptions {
  readonly recursive?: boolean
}

/** `rm <remote...>`: removes files and, with `-r`, directories with everything in them. */
export async function rm(
  context: Context,
  remotes: readonly string[],
  { recursive }: RmOptions,
): Promise<number> {
  using client = await openClient(context)
  await requireNames(context, client, remotes)
  return await forEach(context, remotes, async (remote) => {
    const path = remotePath(context, remote)
    await client.remove(path, { recursive })
    if (context.options.json) writeJson(context, { event: 'done', path: formatPath(path) })
  })
}
