import type { RemotePath } from '@ftp/protocol'
import { audited } from './audit.ts'
import { changeCounter, fromRoot } from './quota.ts'
import { requirePermission, type Share } from './share.ts'

/**
 * Removes a file or an empty directory; with `recursive`, a whole tree.
 * @param ifVersion the version that it must have
 * @throws TransferError `changed` if it has another one
 */
export async function remove(
  share: Share,
  path: RemotePath,
  recursive: boolean,
  ifVersion?: string,
): Promise<void> {
  await audited(share, { action: 'remove', path }, async () => {
    requirePermission(share, 'delete')
    const full = fromRoot(share, path)
    await share.writable()
    await share.storage.remove(path, recursive, { onChange: changeCounter(share, full), ifVersion })
    share.quotas.forget(full)
  })
}
