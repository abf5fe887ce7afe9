import { formatPath, type RemotePath } from '@ftp/protocol'
import type { Session } from '../session/session.ts'

/** Removes a file or an empty directory; with `recursive` everything in it too. */
export async function remove(session: Session, remote: RemotePath, recursive: boolean): Promise<void> {
  const path = formatPath(remote)
  await session.runOnce((connection) =>
    connection.request({ type: 'remove', path, ...(recursive && { recursive }) }).expect('done'),
  )
}
