import type { Blocks, Hasher } from '@ftp/md5'
import { type IfExists, type Permission, type ScramVerifier, TransferError } from '@ftp/protocol'
import type { Account } from '../state/accounts.ts'
import type { AuditEvent } from '../state/audit.ts'
import type { Digests } from '../state/digests.ts'
import type { Quotas } from '../state/quotas.ts'
import type { UploadRecords } from '../state/uploads.ts'
import type { Storage } from '../storage/storage.ts'
import type { Leases } from './leases.ts'
import type { Rates } from './rates.ts'

/** Where the events of all accounts go. */
export interface Audit {
  record(event: AuditEvent): void
}

/**
 * What every operation works on: one account's view of the stored files. Whoever serves it (FTX today, other front
 * doors later) calls the operations in this folder; rights, quotas, rates, leases, digests and the
 * audit trail are theirs alone to look after.
 */
export interface Share {
  readonly account: Account
  /** Where its client is. */
  readonly address: string
  readonly storage: Storage
  /** The thread's own. */
  readonly hasher: Hasher
  /** What its client may have of the thread's blocks: a fair share. */
  readonly blocks: Blocks
  readonly digests: Digests
  readonly leases: Leases
  readonly quotas: Quotas
  /** Counts what a home holds, once for everybody who asks meanwhile. @throws TransferError */
  readonly countHome: (home: string) => Promise<void>
  /** To be awaited before the state is written to: whoever writes there for long stops nobody else of this thread. */
  readonly writable: () => Promise<void>
  readonly uploads: UploadRecords
  readonly rates: Rates
  readonly audit: Audit
  /** Gives the account another password. */
  readonly setVerifier: (verifier: ScramVerifier) => void
}

/** @throws TransferError `forbidden` */
export function requirePermission(share: Share, permission: Permission): void {
  if (share.account.permissions.includes(permission)) return
  throw new TransferError('forbidden', `the account ${share.account.name} has no right to ${permission} here`)
}

/** Whether it may cost an existing file. */
export function mayReplace(ifExists: IfExists): boolean {
  return ifExists === 'replace' || ifExists === 'newer' || ifExists === 'different'
}
