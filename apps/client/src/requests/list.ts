import { type Entry, formatPath, type RemotePath } from '@ftp/protocol'
import type { Session } from '../session.ts'

/**
 * What is in a directory. Each entry comes once, also when a connection is lost meanwhile.
 * @returns when iterated to the end: how many names there no client can be told
 */
export async function* list(
  session: Session,
  remote: RemotePath,
  recursive: boolean,
): AsyncGenerator<Entry, number> {
  const path = formatPath(remote)
  const seen = new Set<string>()
  let unnamable = 0
  const pages = session.stream(async function* ({ connection, progressed }) {
    using exchange = connection.request({ type: 'list', path, ...(recursive && { recursive }) })
    for (;;) {
      const { reply } = await exchange.expect('entries')
      progressed()
      yield reply.entries
      unnamable = reply.unnamable ?? 0
      if (reply.last) return
    }
  })
  for await (const entries of pages) {
    for (const entry of entries) {
      if (seen.has(entry.name)) continue
      seen.add(entry.name)
      yield entry
    }
  }
  return unnamable
}
