import { formatPath, printable } from '@ftp/protocol'
import { count } from '@ftp/terminal'
import { omittedFailures } from '../../tree/omitted.ts'
import { requireNames } from '../arguments/habits.ts'
import { type Context, forEach, remotePath, writeJson } from '../command-context.ts'
import { openClient } from '../open-client.ts'
import { formatBytes } from '../text/format.ts'
import { quotaSentence } from '../text/quota.ts'

/** `du [remote...]`: shows how much space directories take, with everything below them. */
export async function du(context: Context, remotes: readonly string[]): Promise<number> {
  using client = await openClient(context)
  await requireNames(context, client, remotes)
  return await forEach(context, remotes.length === 0 ? ['.'] : remotes, async (remote, fail) => {
    const path = remotePath(context, remote)
    const counted = await client.usage(path)
    const omitted = omittedFailures(path, counted, 'counted')
    if (context.options.json) {
      writeJson(context, { event: 'usage', path: formatPath(path), ...counted })
      return omitted.forEach(fail)
    }
    const { bytes, files, directories, quota } = counted
    const counts = `${count(files, 'file')}, ${count(directories, 'directory')}`
    context.stdout.write(`${formatBytes(bytes).padStart(10)}  ${counts}  ${printable(remote)}\n`)
    omitted.forEach(fail)
    if (quota !== undefined) context.stdout.write(`${quotaSentence(quota)}\n`)
  })
}
