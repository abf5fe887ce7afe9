import { formatPath, type QuotaInfo, type RemotePath } from '@ftp/protocol'
import type { Session } from '../session/session.ts'

/** How much a tree takes. */
export interface Usage {
  readonly bytes: number
  readonly files: number
  readonly directories: number
  /** Paths of directories, from the one that was asked for, that the server may not read: they are not counted. */
  readonly unreadable?: readonly string[] | undefined
  /** Of the account's home, where its space is limited. */
  readonly quota?: QuotaInfo | undefined
}

/** How much a tree takes. */
export async function usage(session: Session, remote: RemotePath): Promise<Usage> {
  return await session.run(async ({ connection }) => {
    const { reply } = await connection.request({ type: 'usage', path: formatPath(remote) }).expect('usage')
    const { bytes, files, directories, unreadable, quota } = reply
    return { bytes, files, directories, unreadable, quota }
  })
}
