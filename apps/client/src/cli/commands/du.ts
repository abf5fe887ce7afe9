import { formatPath, printable } from '@ftp/protocol'
import { type Context, forEach, remotePath, writeJson } from '../command-context.ts'
import { openClient } from '../open-client.ts'
import { formatBytes } from '../text/format.ts'
import { quotaSentence } from '../text/quota.ts'

/** `du [remote...]`: shows how much space directories take, with everything below them. */
export async function du(context: Context, remotes: readonly string[]): Promise<number> {
  using client = await openClient(context)
  return await forEach(context, remotes.length === 0 ? ['.'] : remotes, async (remote) => {
    const path = remotePath(context, remote)
    const counted = await client.usage(path)
    if (context.options.json)
      return writeJson(context, { event: 'usage', path: formatPath(path), ...counted })
    const { bytes, files, directories, unreadable = [], quota } = counted
    const counts = `${files} ${files === 1 ? 'file' : 'files'}, ${directories} ${directories === 1 ? 'directory' : 'directories'}`
    context.stdout.write(`${formatBytes(bytes).padStart(10)}  ${counts}  ${printable(remote)}\n`)
    for (const name of unreadable)
      context.stdout.write(`            without ${printable(name)}, which the server may not read\n`)
    if (quota !== undefined) context.stdout.write(`${quotaSentence(quota)}\n`)
  })
}
