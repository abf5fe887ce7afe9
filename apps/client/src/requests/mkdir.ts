import { formatPath, type RemotePath } from '@ftp/protocol'
import type { Session } from '../session/session.ts'

/**
 * Makes a directory. With `parents`, missing directories above it are made too, and it is no error if it
 * exists already.
 */
export async function mkdir(session: Session, remote: RemotePath, parents: boolean): Promise<void> {
  const request = { type: 'mkdir', path: formatPath(remote), ...(parents && { parents }) } as const
  if (parents) await session.run(({ connection }) => connection.request(request).expect('done'))
  else await session.runOnce((connection) => connection.request(request).expect('done'))
}
