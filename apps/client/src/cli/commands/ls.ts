import { type Entry, printable } from '@ftp/protocol'
import { omittedFailures } from '../../tree/omitted.ts'
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

export interface LsOptions {
  readonly recursive?: boolean
}

/** `ls [remote...]`: lists directories. */
export async function ls(
  context: Context,
  remotes: readonly string[],
  { recursive }: LsOptions,
): Promise<number> {
  using client = await openClient(context)
  const paths = remotes.length === 0 ? ['.'] : remotes
  return await forEach(context, paths, async (remote, fail) => {
    const path = remotePath(context, remote)
    const entry = await client.stat(path)
    if (entry.type !== 'directory') return await showEntries(context, [{ ...entry, name: remote }])
    if (paths.length > 1 && !context.options.json) context.stdout.write(`${printable(remote)}:\n`)
    const listing = client.list(path, { recursive })
    const held: Entry[] = []
    let most = SORTED_UP_TO
    for (;;) {
      const { done, value } = await listing.next()
      if (!done && held.push(value) <= most) continue
      if (done && most === SORTED_UP_TO) held.sort((a, b) => (a.name < b.name ? -1 : 1))
      most = ENTRIES_PER_WRITE
      await showEntries(context, held.splice(0))
      if (done) return omittedFailures(path, value, 'shown').forEach(fail)
    }
  })
}
