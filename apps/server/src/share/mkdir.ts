import { type RemotePath, requirePortable } from '@ftp/protocol'
import { requirePermission, type Share } from './share.ts'

/** Makes a directory, with `parents` those above it too. */
export async function mkdir(share: Share, path: RemotePath, parents: boolean): Promise<void> {
  requirePermission(share, 'mkdir')
  requirePortable(path)
  await share.storage.makeDirectory(path, parents)
}
