import { type Entry, formatPath, type RemotePath } from '@ftp/protocol'
import type { Session } from '../session/session.ts'

/** Sets the time and the permission bits of a file or directory. */
export async function setstat(
  session: Session,
  remote: RemotePath,
  { mtime, mode }: Pick<Entry, 'mtime' | 'mode'>,
): Promise<void> {
  const bits = mode === undefined ? {} : { mode }
  const request = { type: 'setstat', path: formatPath(remote), mtime, ...bits } as const
  await session.run(({ connection }) => connection.request(request).expect('done'))
}
