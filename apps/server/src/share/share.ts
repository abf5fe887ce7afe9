import type { Blocks, Hasher } from '@ftp/md5'
import { ANONYMOUS, type IfExists, type Permission, type ScramVerifier, TransferError } from '@ftp/protocol'
import type { Digests } from '../databases/sqlite/digests.ts'
import type { Quotas } from '../databases/sqlite/quotas.ts'
import type { UploadRecords } from '../databases/sqlite/uploads.ts'
import type { Account } from '../state/accounts.ts'
import type { AuditEvent } from '../state/audit-event.ts'
import type { DoorName } from '../state/door-name.ts'
import type { Links } from '../state/links.ts'
import type { Tokens } from '../state/tokens.ts'
import type { Storage } from '../storage/storage.ts'
import type { Leases } from './leases.ts'
import type { Rates } from './rates.ts'

/** The tokens and share links of all accounts. */
export interface CredentialStores {
  readonly tokens: Tokens
  readonly links: Links
  /** Whether this server has the door at which links are opened. */
  readonly hasWeb: boolean
}

/** Receives the events of all accounts. */
export interface Audit {
  record(event: AuditEvent): void
}

/** A client that has a share link. */
export interface Guest {
  /** The id of the link. */
  readonly link: string
  /** Whether it must not learn any name: a door does not tell under which name a file was stored. */
  readonly hidesNames: boolean
}

/**
 * One account's view of the stored files, on which every operation works. The doors call the operations in
 * this folder. Rights, quotas, rates, leases, digests and the audit trail are the responsibility of these
 * operations alone.
 */
export interface Share {
  readonly account: Account
  /** The address of the client. */
  readonly address: string
  /** The door through which it came. */
  readonly door: DoorName
  /** What it has logged in with, as in the audit trail; undefined for the password. */
  readonly credential?: string | undefined
  /** Present if the client has no account but a share link, and `account` is the one that has shared something. */
  readonly guest?: Guest | undefined
  readonly storage: Storage
  /** The hasher of this thread. */
  readonly hasher: Hasher
  /** The client's fair share of the thread's blocks. */
  readonly blocks: Blocks
  readonly digests: Digests
  readonly leases: Leases
  readonly quotas: Quotas
  /** Counts what a home contains; callers that ask during a count share its result. @throws TransferError */
  readonly countHome: (home: string) => Promise<void>
  /**
   * Await this before writing to the state: a long write by another process then does not block the rest of
   * this thread.
   */
  readonly writable: () => Promise<void>
  readonly uploads: UploadRecords
  /** Whether names may be created that Windows cannot store. Default: no. */
  readonly anyNames?: boolean | undefined
  readonly rates: Rates
  readonly audit: Audit
  readonly credentials: CredentialStores
  /** Gives the account a new password. */
  readonly setVerifier: (verifier: ScramVerifier) => Promise<void>
}

/** @throws TransferError `forbidden` if the account lacks the permission */
export function requirePermission(share: Share, permission: Permission): void {
  if (share.account.permissions.includes(permission)) return
  refuseGuests(share)
  throw new TransferError('forbidden', `the account ${share.account.name} has no right to ${permission} here`)
}

/**
 * Refuses operations on the account itself unless the client has logged in with its password: otherwise, a
 * token or a link could make another one that outlives it.
 * @throws TransferError `forbidden`
 */
export function requireOwner({ account, credential }: Share): void {
  if (account.name === ANONYMOUS)
    throw new TransferError('forbidden', 'only users with an account may do that; log in first')
  if (credential !== undefined)
    throw new TransferError('forbidden', `only a login with the password of ${account.name} may do that`)
}

/** @throws TransferError `forbidden` if the client is a guest */
export function refuseGuests({ guest }: Share): void {
  if (guest !== undefined) throw new TransferError('forbidden', 'this link does not allow that')
}

/** Whether this policy may replace an existing file. */
export function mayReplace(ifExists: IfExists): boolean {
  return ifExists === 'replace' || ifExists === 'newer' || ifExists === 'different'
}
