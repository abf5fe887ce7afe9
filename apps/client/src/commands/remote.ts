import { formatPath, type RemotePath, TransferError } from '@ftp/protocol'
import type { Session } from '../session.ts'

/** Whether there is a directory at a remote path; nothing there counts as no. */
export async function isRemoteDirectory(session: Session, remote: RemotePath): Promise<boolean> {
  if (remote.length === 0) return true
  try {
    const path = formatPath(remote)
    const { reply } = await session.run(({ connection }) =>
      connection.request({ type: 'stat', path }).expect('entry'),
    )
    return reply.entry.type === 'directory'
  } catch (error) {
    if (error instanceof TransferError && error.code === 'not_found') return false
    throw error
  }
}
