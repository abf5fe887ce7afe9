import { formatPath, type QuotaInfo, type RemotePath, TransferError } from '@ftp/protocol'
import type { Space } from '../state/quotas.ts'
import type { OnChange, Storage } from '../storage/storage.ts'
import type { Share } from './share.ts'

const NOTHING: Space = { bytes: 0, files: 0 }

/** The path from the root, which quotas go by: homes may overlap. */
export function fromRoot({ account }: Share, path: readonly string[]): string {
  return [...account.home, ...path].join('/')
}

export function isLimited({ account: { quota } }: Share): boolean {
  return quota.bytes !== undefined || quota.files !== undefined
}

/**
 * What the account may store and what its home holds; undefined where it is not limited, or not counted yet.
 * @param root the storage of all homes: one that is not there yet is empty
 */
export function quotaInfo(
  { account: { home, quota }, quotas }: Pick<Share, 'account' | 'quotas'>,
  root?: Storage,
): QuotaInfo | undefined {
  if (quota.bytes === undefined && quota.files === undefined) return undefined
  const used = quotas.usage(formatPath(home)) ?? (root && isMissing(root, home) ? NOTHING : undefined)
  if (used === undefined) return undefined
  return {
    ...(quota.bytes !== undefined && { bytes: { limit: quota.bytes, used: used.bytes } }),
    ...(quota.files !== undefined && { files: { limit: quota.files, used: used.files } }),
  }
}

/** Nobody has stored anything yet. */
function isMissing(storage: Storage, home: RemotePath): boolean {
  try {
    storage.stat(home)
    return false
  } catch (error) {
    return error instanceof TransferError && error.code === 'not_found'
  }
}

/** Waits until the home of a limited account has been counted, if it has not been yet. */
export async function requireCounted(share: Share): Promise<void> {
  const home = formatPath(share.account.home)
  if (isLimited(share) && share.quotas.usage(home) === undefined) await share.countHome(home)
}

/** What to call with changes at `path`; undefined if nobody counts. */
export function changeCounter(share: Share, path: string): OnChange | undefined {
  if (share.quotas.enclosing(path).length === 0) return undefined
  return (change) => share.quotas.change(path, change)
}

/** The same for files that are stored as a whole, without a reservation: what it throws must undo its change. */
export function wholeCounter(share: Share): (path: RemotePath) => OnChange | undefined {
  const { account, quotas } = share
  const home = formatPath(account.home)
  // Asked once: there are many files, and mostly nobody counts.
  if (!quotas.isCounted(home)) return () => undefined
  if (!isLimited(share)) return (path) => changeCounter(share, fromRoot(share, path))
  return (path) => (change) => quotas.changeWithin(fromRoot(share, path), change, home, account.quota)
}
