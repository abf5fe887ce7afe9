import type { RemotePath } from '@ftp/protocol'
import { audited } from './audit.ts'
import { requireStorable } from './names.ts'
import { requirePermission, type Share } from './share.ts'

/**
 * Creates a directory. With `parents`, also creates missing parents, and accepts a directory that already
 * exists.
 */
export async function mkdir(share: Share, path: RemotePath, parents: boolean): Promise<void> {
  await audited(share, { action: 'mkdir', path }, async () => {
    requirePermission(share, 'mkdir')
    requireStorable(share, path)
    await share.storage.makeDirectory(path, parents)
  })
}
