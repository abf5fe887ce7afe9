import { TransferError, type UnfinishedUpload } from '@ftp/protocol'
import type { Session } from '../session/session.ts'

/**
 * More uploads than an account can plausibly have: a server that sends them without end must not fill the
 * memory.
 */
const MOST = 100_000

/** The unfinished uploads of the account, whichever client they come from. */
export async function uploads(session: Session): Promise<UnfinishedUpload[]> {
  return await session.run(async ({ connection, progressed }) => {
    using exchange = connection.request({ type: 'uploads' })
    const all: UnfinishedUpload[] = []
    for (;;) {
      const { reply } = await exchange.expect('uploads')
      progressed()
      all.push(...reply.uploads)
      if (reply.last) return all
      if (all.length > MOST)
        throw new TransferError('protocol', `the server tells of more than ${MOST} unfinished uploads`)
    }
  })
}

/** Removes what an upload has left. If that upload is still running, it ends with `taken_over`. */
export async function discard(
  session: Session,
  { path, key }: Pick<UnfinishedUpload, 'path' | 'key'>,
): Promise<void> {
  await session.runOnce((connection) => connection.request({ type: 'discard', path, key }).expect('done'))
}
