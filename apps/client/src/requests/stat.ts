import { type Entry, formatPath, type RemotePath } from '@ftp/protocol'
import type { Connection } from '../connection/connection.ts'

/** What is at a remote path. */
export async function stat(connection: Connection, remote: RemotePath): Promise<Entry> {
  const { reply } = await connection.request({ type: 'stat', path: formatPath(remote) }).expect('entry')
  return reply.entry
}
