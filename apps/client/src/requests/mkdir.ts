import { formatPath, type RemotePath } from '@ftp/protocol'
import type { Session } from '../session/session.ts'

/** Makes a directory; with `parents` those above it too, and one that exists is fine. */
export async function mkdir(session: Session, remote: RemotePath, parents: boolean): Promise<void> {
  const request = { type: 'mkdir', path: formatPath(remote), ...(parents && { parents }) } as const
  if (parents) await session.run(({ connection }) => connection.request(request).expect('done'))
  else await session.runOnce((connection) => connection.request(request).expect('done'))
}
