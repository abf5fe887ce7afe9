import { type Entry, formatPath, type RemotePath } from '@ftp/protocol'
import type { Session } from '../session.ts'

/** A tree as the server lists it. */
export interface Tree {
  /** Each directory before what is in it. */
  readonly entries: readonly Entry[]
  /** How many names there no client can be told. */
  readonly unnamable: number
}

/** Everything below a remote directory. A listing that breaks off begins again. */
export async function listTree(session: Session, path: RemotePath): Promise<Tree> {
  return await session.run(async ({ connection, progressed }) => {
    using exchange = connection.request({ type: 'list', path: formatPath(path), recursive: true })
    const entries: Entry[] = []
    for (;;) {
      const { reply } = await exchange.expect('entries')
      entries.push(...reply.entries)
      progressed()
      if (reply.last) return { entries, unnamable: reply.unnamable ?? 0 }
    }
  })
}
