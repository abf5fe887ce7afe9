import { type Entry, printable, TransferError } from '@ftp/protocol'
import { omittedFailures } from '../../tree/omitted.ts'
import { requireNames } from '../arguments/habits.ts'
import { type Context, forEach, remotePath } from '../command-context.ts'
import { showEntries } from '../entry-list.ts'
import { openClient } from '../open-client.ts'

/**
 * Listings of up to this many entries are sorted; longer ones are shown in the order in which they arrive.
 */
const SORTED_UP_TO = 10_000
/**
 * How many entries of a long listing are written at once: a write for each would cost more than everything
 * else.
 */
const ENTRIES_PER_WRITE = 256

/** How many entries can be sorted by time. */
const SORTED_BY_TIME_UP_TO = 1_000_000

export interface LsOptions {
  readonly recursive?: boolean
  /** The newest first. */
  readonly time?: boolean
  readonly reverse?: boolean
}

/** `ls [remote...]`: lists directories. */
export async function ls(
  context: Context,
  remotes: readonly string[],
  { recursive, time = false, reverse = false }: LsOptions,
): Promise<number> {
  using client = await openClient(context)
  await requireNames(context, client, remotes)
  const paths = remotes.length === 0 ? ['.'] : remotes
  return await forEach(context, paths, async (remote, fail) => {
    const path = remotePath(context, remote)
    const entry = await client.stat(path)
    if (entry.type !== 'directory') return await showEntries(context, [{ ...entry, name: remote }])
    if (paths.length > 1 && !context.options.json) context.stdout.write(`${printable(remote)}:\n`)
    const listing = client.list(path, { recursive })
    const held: Entry[] = []
    const sorted = time || reverse ? SORTED_BY_TIME_UP_TO : SORTED_UP_TO
    let most = sorted
    for (;;) {
      const { done, value } = await listing.next()
      if (!done && held.push(value) <= most) continue
      if (!done && (time || reverse) && most === sorted)
        throw new TransferError(
          'too_large',
          `"${printable(remote)}" has more than ${sorted} entries, too many to sort; leave out -t and --reverse`,
        )
      if (done && most === sorted) held.sort(orderOf(time, reverse))
      most = ENTRIES_PER_WRITE
      await showEntries(context, held.splice(0))
      if (done) return omittedFailures(path, value, 'shown').forEach(fail)
    }
  })
}

/** By name or, with `time`, the newest first. */
function orderOf(time: boolean, reverse: boolean): (a: Entry, b: Entry) => number {
  const sign = reverse ? -1 : 1
  return (a, b) => {
    if (time && a.mtime !== b.mtime) return (b.mtime - a.mtime) * sign
    return (a.name < b.name ? -1 : 1) * sign
  }
}
