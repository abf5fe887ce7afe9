import type { RemotePath } from '@ftp/protocol'
import type { Attributes } from '../storage/storage.ts'
import { audited } from './audit.ts'
import { requirePermission, type Share } from './share.ts'

/** Sets the modification time and permission bits of a file or directory. */
export async function setstat(share: Share, path: RemotePath, wanted: Attributes): Promise<void> {
  await audited(share, { action: 'setstat', path }, async () => {
    requirePermission(share, 'overwrite')
    const { before, after } = share.storage.setAttributes(path, wanted)
    const { size, mtime } = before.entry
    // If nobody has written to the file meanwhile, its new version has the same content as the previous one.
    if (before.version === after.version || size !== after.entry.size || mtime !== after.entry.mtime) return
    const digest = share.digests.find(before.version)
    if (digest !== undefined) share.digests.record(after.version, digest)
  })
}
