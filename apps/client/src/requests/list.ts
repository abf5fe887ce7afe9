import { type Entry, formatPath, type RemotePath, TransferError } from '@ftp/protocol'
import type { Session } from '../session/session.ts'

/** The most names that are remembered, so that an endless listing does not fill the memory. */
const REMEMBERED = 250_000

/**
 * What a listing or a measurement leaves out; a field with nothing to report is absent. Paths are relative to
 * the requested one.
 */
export interface Omissions {
  /** The number of entries whose paths cannot be sent to any client. */
  readonly unnamable?: number | undefined
  /** The first of those paths, made printable and perhaps shortened. */
  readonly unnamed?: readonly string[] | undefined
  /** The first directories and other entries that the server may not read. */
  readonly unreadable?: readonly string[] | undefined
}

/** Yields entries, many at a time; returns what was left out. */
export type Listing = AsyncGenerator<readonly Entry[], Omissions>

/** The omissions that a reply reports. */
export function omissionsOf({ unnamable, unnamed, unreadable }: Omissions): Omissions {
  return { unnamable, unnamed, unreadable }
}

/**
 * Lists a directory. Each entry is yielded once, even if a connection is lost in the middle; but a very long
 * listing then fails with `changed`.
 */
export async function* list(session: Session, remote: RemotePath, recursive: boolean): Listing {
  const path = formatPath(remote)
  const seen = new Set<string>()
  let omitted: Omissions = {}
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
      omitted = omissionsOf(reply)
      if (reply.last) return
    }
  })
  const isFresh = ({ name }: Entry): boolean =>
    seen.size < REMEMBERED ? seen.size < seen.add(name).size : !seen.has(name)
  for await (const entries of pages) yield entries.filter(isFresh)
  return omitted
}
