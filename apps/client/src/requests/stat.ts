import { type Entry, formatPath, type RemotePath } from '@ftp/protocol'
import type { Connection } from '../connection/connection.ts'

/** Describes the file or directory at a remote path. @throws TransferError `not_found` if there is none */
export async function stat(connection: Connection, remote: RemotePath): Promise<Entry> {
  const { reply } = await connection.request({ type: 'stat', path: formatPath(remote) }).expect('entry')
  return reply.entry
}
