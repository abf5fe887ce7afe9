import { formatPath, type RemotePath } from '@ftp/protocol'
import type { Session } from '../session/session.ts'

/** Removes a file or an empty directory. With `recursive`, a directory is removed with everything in it. */
export async function remove(session: Session, remote: RemotePath, recursive: boolean): Promise<void> {
  const path = formatPath(remote)
  await session.runOnce((connection) =>
    connection.request({ type: 'remove', path, ...(recursive && { recursive }) }).expect('done'),
  )
}
