import { randomUUID } from 'node:crypto'
import { type AccountInfo, type IfExists, type RemotePath, requirePortable } from '@ftp/protocol'
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
  /** @throws TransferError `name` if the server refuses to create this path */
  readonly requireStorable: (path: RemotePath) => void
}

/** Whether a server may be asked to create names that Windows cannot store. */
type NameRule = Pick<AccountInfo, 'anyNames'>

/** Asks the server for the account's permissions. @param client identifies this client: 32 hex digits */
export async function uploadSettingsFor(
  session: Session,
  client: string,
  ifExists: IfExists = 'replace',
): Promise<UploadSettings> {
  const account = await session.run(async ({ connection }) => connection.account)
  return {
    client,
    run: randomUUID(),
    ifExists,
    maySetAttributes: account.permissions.includes('overwrite'),
    requireStorable: (path) => requireStorable(account, path),
  }
}

/**
 * Refuses a name before anything of the file is read, as the server would.
 * @throws TransferError `name`
 */
export function requireStorable({ anyNames = false }: NameRule, path: RemotePath): void {
  if (!anyNames) requirePortable(path)
}
