import type { QuotaInfo, RemotePath } from '@ftp/protocol'
import { measure, type Usage } from './measure.ts'
import { quotaInfo, requireCounted } from './quota.ts'
import { requirePermission, type Share } from './share.ts'

/**
 * Counts a tree, or one file, and says what is left of the account's space.
 * @param rest awaited after every few hundred entries, so that others get their turn
 */
export async function usage(
  share: Share,
  path: RemotePath,
  rest: () => Promise<void>,
): Promise<Usage & { quota?: QuotaInfo }> {
  requirePermission(share, 'list')
  // What is left can be told only once that has been counted, which may be a moment after a crash.
  const counting = requireCounted(share).catch(() => {})
  const measuring = measure(share.storage, path)
  let step = measuring.next()
  for (; !step.done; step = measuring.next()) await rest()
  const counted = step.value
  await counting
  const quota = quotaInfo(share)
  return { ...counted, ...(quota !== undefined && { quota }) }
}
