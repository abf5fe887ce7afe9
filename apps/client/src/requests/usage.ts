import { formatPath, type QuotaInfo, type RemotePath } from '@ftp/protocol'
import type { Session } from '../session/session.ts'

/** How much space a directory and everything below it takes. */
export interface Usage {
  /** The sizes of all files, added up. */
  readonly bytes: number
  readonly files: number
  readonly directories: number
  /**
   * The directories that the server may not read, and which are therefore not counted. Paths are relative to
   * the directory that was asked about.
   */
  readonly unreadable?: readonly string[] | undefined
  /** The quota of the account's home, if its space is limited. */
  readonly quota?: QuotaInfo | undefined
}

/** Asks how much space a directory and everything below it takes. */
export async function usage(session: Session, remote: RemotePath): Promise<Usage> {
  return await session.run(async ({ connection }) => {
    const { reply } = await connection.request({ type: 'usage', path: formatPath(remote) }).expect('usage')
    const { bytes, files, directories, unreadable, quota } = reply
    return { bytes, files, directories, unreadable, quota }
  })
}
