import { formatPath, type QuotaInfo, type RemotePath, TransferError } from '@ftp/protocol'
import type { Account } from '../state/accounts.ts'
import type { Space } from '../state/quotas.ts'
import type { OnChange, Storage } from '../storage/storage.ts'
import type { Share } from './share.ts'

const NOTHING: Space = { bytes: 0, files: 0 }

/** The path from the root. Quotas use it because homes may overlap. */
export function fromRoot({ account }: Share, path: readonly string[]): string {
  return [...account.home, ...path].join('/')
}

/** The path from the root of the directory that the account's quota counts. */
export function countedHome({ home, ownerHome = home }: Account): string {
  return formatPath(ownerHome)
}

/** Whether the account has a quota, for bytes or for files. */
export function isLimited({ account: { quota } }: Share): boolean {
  return quota.bytes !== undefined || quota.files !== undefined
}

/**
 * The account's limits and the contents of its home; undefined if there is no limit or the home has not been
 * counted yet.
 * @param root the storage of all homes: a home that does not exist yet is empty
 */
export function quotaInfo(
  { account, quotas }: Pick<Share, 'account' | 'quotas'>,
  root?: Storage,
): QuotaInfo | undefined {
  const { home, quota } = account
  if (quota.bytes === undefined && quota.files === undefined) return undefined
  const used = quotas.usage(countedHome(account)) ?? (root && isMissing(root, home) ? NOTHING : undefined)
  if (used === undefined) return undefined
  return {
    ...(quota.bytes !== undefined && { bytes: { limit: quota.bytes, used: used.bytes } }),
    ...(quota.files !== undefined && { files: { limit: quota.files, used: used.files } }),
  }
}

/** Whether the home has not been created yet, because the account has not stored anything. */
function isMissing(storage: Storage, home: RemotePath): boolean {
  try {
    storage.stat(home)
    return false
  } catch (error) {
    return error instanceof TransferError && error.code === 'not_found'
  }
}

/** Waits until the home of a limited account has been counted. @throws TransferError if the count fails */
export async function requireCounted(share: Share): Promise<void> {
  const home = countedHome(share.account)
  if (isLimited(share) && share.quotas.usage(home) === undefined) await share.countHome(home)
}

/**
 * The callback for changes at `path`. It is needed even if nobody counts yet: a count may begin while the change
 * is under way.
 */
export function changeCounter({ quotas }: Share, path: string): OnChange {
  return (change) => quotas.change(path, change)
}

/**
 * As {@link changeCounter}, but for whole files, which have no reservation: an error that the callback throws
 * must roll back what it has counted.
 */
export function wholeCounter(share: Share, path: RemotePath): OnChange {
  const { account, quotas } = share
  const full = fromRoot(share, path)
  if (!isLimited(share)) return changeCounter(share, full)
  return (change) => quotas.changeWithin(full, change, countedHome(account), account.quota)
}
