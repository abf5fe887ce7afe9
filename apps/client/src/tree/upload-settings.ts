import { randomUUID } from 'node:crypto'
import type { IfExists } from '@ftp/protocol'
import type { Session } from '../session/session.ts'

/** How this client stores files for the account that is logged in. */
export interface UploadSettings {
  /** Identifies this client: 32 hex digits. */
  readonly client: string
  /** Identifies this run of the client. */
  readonly run: string
  readonly ifExists: IfExists
  /** Whether the account may change the times and permission bits of existing files and directories. */
  readonly maySetAttributes: boolean
}

/** Asks the server for the account's permissions. @param client identifies this client: 32 hex digits */
export async function uploadSettingsFor(
  session: Session,
  client: string,
  ifExists: IfExists = 'replace',
): Promise<UploadSettings> {
  const { permissions } = await session.run(async ({ connection }) => connection.account)
  return { client, run: randomUUID(), ifExists, maySetAttributes: permissions.includes('overwrite') }
}
