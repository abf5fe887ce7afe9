import { formatPath, type RemotePath } from '@ftp/protocol'
import type { Session } from '../session.ts'

export interface NewDirectory {
  /** Those above it are made too, and one that exists is fine. */
  readonly parents?: boolean | undefined
  /** What it gets, new or not. Microseconds since 1970. */
  readonly mtime?: number
  /** Permission bits; its owner's stay. */
  readonly mode?: number
}

/** Makes a directory. */
export async function mkdir(session: Session, remote: RemotePath, wanted: NewDirectory = {}): Promise<void> {
  const { parents = false, ...attributes } = wanted
  const request = {
    type: 'mkdir',
    path: formatPath(remote),
    ...(parents && { parents }),
    ...attributes,
  } as const
  if (parents) await session.run(({ connection }) => connection.request(request).expect('done'))
  else await session.runOnce((connection) => connection.request(request).expect('done'))
}
