import type { IfExists } from '@ftp/protocol'
import type { Client } from '../../client.ts'
import { clientId } from '../../profiles/config-folder.ts'
import type { UploadSettings } from '../../tree/remote-target.ts'
import { type Context, folderOf } from '../context.ts'

/** How this client sends for the account that is logged in. */
export async function uploadSettingsFor(
  context: Context,
  client: Client,
  ifExists: IfExists,
): Promise<UploadSettings> {
  const { permissions } = await client.account()
  return { id: clientId(folderOf(context)), ifExists, maySetAttributes: permissions.includes('overwrite') }
}
