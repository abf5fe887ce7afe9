import { formatPath, printable, TransferError, type UnfinishedUpload } from '@ftp/protocol'
import { alignColumns, formatBytes } from '@ftp/terminal'
import { type Context, forEach, remotePath, reportSummary, writeJson } from '../command-context.ts'
import { timeText } from '../entry-list.ts'
import { openClient } from '../open-client.ts'

export interface UploadsOptions {
  readonly all?: boolean
}

/** How many digits of a key are enough to identify an upload. */
const ID_DIGITS = 8

/** `uploads`: lists what the user's interrupted uploads have left on the server; `uploads rm` removes it. */
export async function uploads(
  context: Context,
  action: 'list' | 'rm' | 'remove' | undefined,
  names: readonly string[],
  { all = false }: UploadsOptions,
): Promise<number> {
  const removes = action === 'rm' || action === 'remove'
  if (!removes && (all || names.length > 0))
    throw new TransferError(
      'usage',
      'to remove unfinished uploads, type: uploads rm <path or id>, or: uploads rm --all',
    )
  if (removes && all === names.length > 0)
    throw new TransferError('usage', 'name the uploads by path or id, or use --all')
  using client = await openClient(context)
  const found = await client.uploads()
  if (!removes) return show(context, found)
  const remove = async (upload: UnfinishedUpload): Promise<void> => {
    await client.discard(upload)
    const { path, size } = upload
    if (context.options.json) writeJson(context, { event: 'removed', ...facts(upload) })
    else if (!context.options.quiet)
      context.stdout.write(`removed: ${printable(path)} (${formatBytes(size)} had arrived)\n`)
  }
  // A user who wants to remove everything does not mean uploads that are running at this moment.
  if (all)
    return await forEach(
      context,
      found.filter(({ running }) => !running),
      remove,
      ({ path }) => path,
    )
  return await forEach(context, names, async (name) => {
    for (const upload of named(context, found, name)) await remove(upload)
  })
}

/**
 * The uploads that a word names: all with this path, or the one with this id. @throws TransferError
 * `not_found`, `bad_request`
 */
function named(context: Context, found: readonly UnfinishedUpload[], name: string): UnfinishedUpload[] {
  const path = formatPath(remotePath(context, name))
  const byPath = found.filter((upload) => upload.path === path)
  if (byPath.length > 0) return byPath
  const byId = found.filter(({ key }) => name.length >= ID_DIGITS && key.startsWith(name.toLowerCase()))
  if (byId.length === 0)
    throw new TransferError(
      'not_found',
      `you have no unfinished upload "${printable(name)}"; list yours with: ftp-client uploads`,
    )
  if (byId.length > 1)
    throw new TransferError(
      'usage',
      `"${printable(name)}" is the id of several uploads; name one by its path`,
    )
  return byId
}

function show(context: Context, found: readonly UnfinishedUpload[]): number {
  if (context.options.json)
    for (const upload of found) writeJson(context, { event: 'upload', ...facts(upload) })
  else if (found.length > 0)
    for (const line of alignColumns([['ID', 'ARRIVED', 'OF', 'SINCE', 'PATH'], ...found.map(row)]))
      context.stdout.write(`${line}\n`)
  return reportSummary(context, { done: found.length })
}

function facts({ running = false, ...upload }: UnfinishedUpload): object {
  return { id: idOf(upload), ...upload, running }
}

function row({ path, key, size, length, began, running }: UnfinishedUpload): string[] {
  const total = length === undefined ? '?' : formatBytes(length)
  const where = running ? `${printable(path)} (being sent now)` : printable(path)
  return [idOf({ key }), formatBytes(size), total, timeText(began), where]
}

function idOf({ key }: Pick<UnfinishedUpload, 'key'>): string {
  return key.slice(0, ID_DIGITS)
}
