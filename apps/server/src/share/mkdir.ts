import { type RemotePath, requirePortable, TransferError } from '@ftp/protocol'
import type { DirectoryMetadata, Storage } from '../storage/storage.ts'
import { audited } from './audit.ts'
import { requirePermission, type Share } from './share.ts'

export interface NewDirectory extends DirectoryMetadata {
  /** Make those above it too, and be content with one that is there. */
  readonly parents?: boolean | undefined
}

/** Makes a directory, and gives it a time and permission bits, where those are said. */
export async function mkdir(share: Share, path: RemotePath, wanted: NewDirectory): Promise<void> {
  const { parents = false, mtime, mode } = wanted
  await audited(share, { action: 'mkdir', path }, async () => {
    requirePermission(share, 'mkdir')
    requirePortable(path)
    if (mtime === undefined && mode === undefined) return await share.storage.makeDirectory(path, parents)
    requirePermission(share, 'overwrite')
    if (!(parents && isThere(share.storage, path))) await share.storage.makeDirectory(path, parents)
    share.storage.setDirectory(path, { mtime, mode })
  })
}

function isThere(storage: Storage, path: RemotePath): boolean {
  try {
    return storage.stat(path).entry.type === 'directory'
  } catch (error) {
    if (TransferError.from(error).code === 'not_found') return false
    throw error
  }
}
