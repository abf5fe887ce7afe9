import type { QuotaInfo, RemotePath } from '@ftp/protocol'
import { measure, type Usage } from './measure.ts'
import { quotaInfo, requireCounted } from './quota.ts'
import { requirePermission, type Share } from './share.ts'

/**
 * Measures a tree or a single file, and reports the remaining quota of the account, except to guests.
 * @param rest awaited after every few hundred entries, so that other work can run
 */
export async function usage(
  share: Share,
  path: RemotePath,
  rest: () => Promise<void>,
): Promise<Usage & { quota?: QuotaInfo }> {
  requirePermission(share, 'list')
  // The remaining quota is known only after the home has been counted, which can take a moment after a crash.
  const counting = requireCounted(share).catch(() => {})
  // If the caller gives up, the directories that are being read are closed.
  using measuring = measure(share.storage, path)
  let step = measuring.next()
  for (; !step.done; step = measuring.next()) await rest()
  const counted = step.value
  await counting
  const quota = share.guest === undefined ? quotaInfo(share) : undefined
  return { ...counted, ...(quota !== undefined && { quota }) }
}

/** How many bytes the disk below the account's home has left, whatever its quota; undefined for guests. */
export function freeSpace({ storage, guest }: Share): number | undefined {
  return guest === undefined ? storage.freeBytes() : undefined
}
