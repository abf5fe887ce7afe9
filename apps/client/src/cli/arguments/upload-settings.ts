import type { IfExists } from '@ftp/protocol'
import type { Client } from '../../client.ts'
import { clientId } from '../../profiles/config-folder.ts'
import type { Sending } from '../../tree/remote-target.ts'
import { type Context, folderOf } from '../context.ts'

/** How this client sends for the account that is logged in. */
export async function sendingFor(context: Context, client: Client, ifExists: IfExists): Promise<Sending> {
  const { permissions } = await client.account()
  return { id: clientId(folderOf(context)), ifExists, maySetAttributes: permissions.includes('overwrite') }
}
