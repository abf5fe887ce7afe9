import { formatPath, type IfExists, joinPath, printable, siblingPath, TransferError } from '@ftp/protocol'
import { requireNames } from '../arguments/habits.ts'
import { remoteDestination } from '../arguments/remote-directory.ts'
import { type Context, forEach, remotePath, writeJson } from '../command-context.ts'
import { openClient } from '../open-client.ts'

export interface MvOptions {
  readonly ifExists: IfExists
}

/** `mv <remote...> <target>`: renames one file or directory, or moves several into a directory. */
export async function mv(
  context: Context,
  paths: readonly string[],
  { ifExists }: MvOptions,
): Promise<number> {
  const sources = paths.slice(0, -1)
  const to = paths.at(-1) ?? ''
  if (sources.length === 0)
    throw new TransferError('usage', 'mv needs what to move, and where to: mv a.txt b.txt')
  const target = remotePath(context, to)
  using client = await openClient(context)
  await requireNames(context, client, sources)
  const { isDirectory } = await remoteDestination(client, target, to, sources.length > 1)
  return await forEach(context, sources, async (remote) => {
    const from = remotePath(context, remote)
    const path = isDirectory ? joinPath(target, from.at(-1) ?? '') : target
    const { outcome: event, name } = await client.move(from, path, { ifExists })
    const place = formatPath(name === undefined ? path : siblingPath(path, name))
    if (context.options.json) return writeJson(context, { event, path: formatPath(from), to: place })
    if (context.options.quiet) return
    if (event === 'skipped') context.stderr.write(`${printable(remote)}: left as it is\n`)
    else if (name !== path.at(-1)) context.stderr.write(`${printable(remote)} → ${printable(place)}\n`)
  })
}
