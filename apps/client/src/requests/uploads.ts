import { TransferError, type UnfinishedUpload } from '@ftp/protocol'
import type { Session } from '../session/session.ts'

/** More than an account can have in earnest: a server that never ends is not to fill the memory. */
const MOST = 100_000

/** The account's uploads that are not files yet, from whatever client they came. */
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

/** Removes what an upload has left. One that is being sent ends with `taken_over`. */
export async function discard(
  session: Session,
  { path, key }: Pick<UnfinishedUpload, 'path' | 'key'>,
): Promise<void> {
  await session.runOnce((connection) => connection.request({ type: 'discard', path, key }).expect('done'))
}
