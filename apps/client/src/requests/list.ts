import { type Entry, formatPath, type RemotePath, TransferError } from '@ftp/protocol'
import type { Session } from '../session/session.ts'

/** Names that are remembered, so that a listing without end does not fill the memory. */
const REMEMBERED = 250_000

/** Entries, many at a time; when iterated to the end: how many names there cannot be sent to any client. */
export type Listing = AsyncGenerator<readonly Entry[], number>

/**
 * What is in a directory. Each entry comes once, also when a connection is lost meanwhile; but then a very long listing
 * ends with the error `changed`.
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
