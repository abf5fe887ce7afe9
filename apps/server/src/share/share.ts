import { type Account, type Permission, TransferError } from '@ftp/protocol'
import type { Digests } from '../state/digests.ts'
import type { Storage } from '../storage/storage.ts'
import type { Leases } from './leases.ts'

/**
 * What every operation works on: one account's view of the stored files. Whoever serves it (FTX today, other front
 * doors later) calls the operations in this folder; rights, leases and digests are theirs alone to look after.
 */
export interface Share {
  readonly account: Account
  readonly storage: Storage
  readonly digests: Digests
  readonly leases: Leases
}

/** @throws TransferError `forbidden` */
export function requirePermission(share: Share, permission: Permission): void {
  if (share.account.permissions.includes(permission)) return
  throw new TransferError('forbidden', `the account ${share.account.name} has no right to ${permission} here`)
}
