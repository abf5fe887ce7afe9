import { type Entry, formatPath, type RemotePath, TransferError } from '@ftp/protocol'
import type { Connection } from '../connection/connection.ts'
import type { Session } from '../session.ts'

/** What is at a remote path. */
export async function remoteEntry(connection: Connection, remote: RemotePath): Promise<Entry> {
  const { reply } = await connection.request({ type: 'stat', path: formatPath(remote) }).expect('entry')
  return reply.entry
}

/** Whether there is a directory at a remote path; nothing there counts as no. */
export async function isRemoteDirectory(session: Session, remote: RemotePath): Promise<boolean> {
  if (remote.length === 0) return true
  try {
    const { type } = await session.run(({ connection }) => remoteEntry(connection, remote))
    return type === 'directory'
  } catch (error) {
    if (error instanceof TransferError && error.code === 'not_found') return false
    throw error
  }
}
