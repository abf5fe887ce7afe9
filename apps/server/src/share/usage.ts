import type { QuotaInfo, RemotePath } from '@ftp/protocol'
import { measure, type Usage } from './measure.ts'
import { quotaInfo } from './quota.ts'
import { requirePermission, type Share } from './share.ts'

/** Counts a tree, or one file, and says what is left of the account's space. Yields as {@link measure} does. */
export function* usage(share: Share, path: RemotePath): Generator<void, Usage & { quota?: QuotaInfo }> {
  requirePermission(share, 'list')
  const counted = yield* measure(share.storage, path)
  const quota = quotaInfo(share)
  return { ...counted, ...(quota !== undefined && { quota }) }
}
