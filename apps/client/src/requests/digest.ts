import { formatPath, type RemotePath, TransferError } from '@ftp/protocol'
import type { Session } from '../session/session.ts'

/** The MD5 of a file, and the number of bytes it covers. */
export async function digest(
  session: Session,
  remote: RemotePath,
): Promise<{ readonly md5: string; readonly bytes: number }> {
  return await session.run(async ({ connection }) => {
    const { reply } = await connection.request({ type: 'digest', path: formatPath(remote) }).expect('digest')
    if (reply.md5 === undefined) throw new TransferError('protocol', 'the server sent no MD5')
    return { md5: reply.md5, bytes: reply.length }
  })
}
