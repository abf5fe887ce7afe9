import { type Entry, formatPath, type RemotePath, TransferError } from '@ftp/protocol'
import type { Session } from '../session/session.ts'

/** The most names that are remembered, so that an endless listing does not fill the memory. */
const REMEMBERED = 250_000

/** Yields entries, many at a time; returns the number of entries whose names cannot be sent to any client. */
export type Listing = AsyncGenerator<readonly Entry[], number>

/**
 * Lists a directory. Each entry is yielded once, even if a connection is lost in the middle; but a very long
 * listing then fails with `changed`.
 */
export async function* list(session: Session, remote: RemotePath, recursive: boolean): Listing {
  const path = formatPath(remote)
  const seen = new Set<string>()
  let unnamable = 0
  const pages = session.stream(async function* ({ connection, progressed }) {
    if (seen.size === REMEMBERED)
      throw new TransferError(
        'changed',
        'the connection was lost in a very long listing; run the command again',
      )
    using exchange = connection.request({ type: 'list', path, ...(recursive && { recursive }) })
    for (;;) {
      const { reply } = await exchange.expect('entries')
      progressed()
      yield reply.entries
      unnamable = reply.unnamable ?? 0
      if (reply.last) return
    }
  })
  const isFresh = ({ name }: Entry): boolean =>
    seen.size < REMEMBERED ? seen.size < seen.add(name).size : !seen.has(name)
  for await (const entries of pages) yield entries.filter(isFresh)
  return unnamable
}
