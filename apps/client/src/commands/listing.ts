import { type Entry, formatPath, type RemotePath } from '@ftp/protocol'
import type { Session } from '../session.ts'

/** The entries of a remote directory, page by page as they come. */
export async function* pages(
  session: Session,
  path: RemotePath,
  recursive: boolean,
): AsyncGenerator<readonly Entry[]> {
  // Not repeated when the connection is lost: pages that have been used cannot be taken back.
  const exchange = await session.run(async ({ connection }) => {
    const begun = connection.request({
      type: 'list',
      path: formatPath(path),
      ...(recursive && { recursive }),
    })
    return { begun, first: await begun.expect('entries') }
  })
  using begun = exchange.begun
  for (let { reply } = exchange.first; ; { reply } = await begun.expect('entries')) {
    yield reply.entries
    if (reply.last) return
  }
}

/** Every entry below a remote directory, each directory before what is in it. */
export async function* entriesBelow(session: Session, path: RemotePath): AsyncGenerator<Entry> {
  for await (const page of pages(session, path, true)) yield* page
}
