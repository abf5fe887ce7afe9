import type { RemotePath } from '@ftp/protocol'
import type { Status } from '../storage/storage.ts'
import { requirePermission, type Share } from './share.ts'

/** The status of a path, with its MD5 if that is known. */
export async function stat(share: Share, path: RemotePath): Promise<Status> {
  requirePermission(share, 'list')
  const status = share.storage.stat(path)
  const md5 = share.digests.find(status.version)?.md5
  if (md5 === undefined) return status
  return { ...status, entry: { ...status.entry, md5: Buffer.from(md5).toString('hex') } }
}
