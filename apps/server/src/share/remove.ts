import type { RemotePath } from '@ftp/protocol'
import { audited } from './audit.ts'
import { requirePermission, type Share } from './share.ts'

/** Removes a file or an empty directory, with `recursive` a whole tree. */
export async function remove(share: Share, path: RemotePath, recursive: boolean): Promise<void> {
  await audited(share, { action: 'remove', path }, async () => {
    requirePermission(share, 'delete')
    await share.storage.remove(path, recursive)
  })
}
