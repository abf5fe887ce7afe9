import { formatPath, type QuotaInfo, type RemotePath } from '@ftp/protocol'
import type { Session } from '../session/session.ts'
import { type Omissions, omissionsOf } from './list.ts'

/** How much space a directory and everything below it takes, except for what it leaves out. */
export interface Usage extends Omissions {
  /** The sizes of all files, added up. */
  readonly bytes: number
  readonly files: number
  readonly directories: number
  /** The quota of the account's home, if its space is limited. */
  readonly quota?: QuotaInfo | undefined
}

/** Asks how much space a directory and everything below it takes. */
export async function usage(session: Session, remote: RemotePath): Promise<Usage> {
  return await session.run(async ({ connection }) => {
    const { reply } = await connection.request({ type: 'usage', path: formatPath(remote) }).expect('usage')
    const { bytes, files, directories, quota } = reply
    return { bytes, files, directories, ...omissionsOf(reply), quota }
  })
}
