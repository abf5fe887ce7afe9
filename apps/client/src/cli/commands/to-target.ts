import { formatPath, joinPath, printable, type RemotePath, siblingPath, TransferError } from '@ftp/protocol'
import type { Client } from '../../client.ts'
import { requireNames } from '../arguments/habits.ts'
import { remoteDestination } from '../arguments/remote-directory.ts'
import { type Context, forEach, remotePath, writeJson } from '../command-context.ts'
import { openClient } from '../open-client.ts'

/** What became of one path. */
interface Result {
  readonly outcome: 'done' | 'skipped'
  /** Its new name. */
  readonly name?: string | undefined
  /** The number of links, pipes and so on that were not copied. */
  readonly leftOut?: number
}

/**
 * Moves or copies paths on the server to the last path, which is the new name of a single one, or the
 * directory for any number of them.
 * @param usage the message that tells the user what is missing if there is only one path
 */
export async function toTarget(
  context: Context,
  paths: readonly string[],
  usage: string,
  action: (client: Client, from: RemotePath, to: RemotePath) => Promise<Result>,
): Promise<number> {
  const sources = paths.slice(0, -1)
  const to = paths.at(-1) ?? ''
  if (sources.length === 0) throw new TransferError('usage', usage)
  const target = remotePath(context, to)
  using client = await openClient(context)
  await requireNames(context, client, sources)
  const { isDirectory } = await remoteDestination(client, target, to, sources.length > 1)
  return await forEach(context, sources, async (remote) => {
    const from = remotePath(context, remote)
    const path = isDirectory ? joinPath(target, from.at(-1) ?? '') : target
    report(context, { remote, from, path }, await action(client, from, path))
  })
}

/** One path on its way. */
interface Passage {
  /** As the user has typed it. */
  readonly remote: string
  readonly from: RemotePath
  /** Its new path, unless `rename` has given it another name. */
  readonly path: RemotePath
}

function report(
  context: Context,
  { remote, from, path }: Passage,
  { outcome: event, name, leftOut = 0 }: Result,
): void {
  const { options, stderr } = context
  const place = formatPath(name === undefined ? path : siblingPath(path, name))
  if (options.json)
    return writeJson(context, { event, path: formatPath(from), to: place, ...(leftOut > 0 && { leftOut }) })
  if (options.quiet) return
  if (event === 'skipped') stderr.write(`${printable(remote)}: left as it is\n`)
  else if (name !== path.at(-1)) stderr.write(`${printable(remote)} → ${printable(place)}\n`)
  if (leftOut > 0) {
    const what = leftOut === 1 ? 'one entry was' : `${leftOut} entries were`
    stderr.write(`${printable(remote)}: ${what} not copied, because only files and directories are\n`)
  }
}
