import { randomBytes } from 'node:crypto'
import {
  deriveKeys,
  PASSWORD_ITERATIONS,
  type Permission,
  type RemotePath,
  SALT_BYTES,
  type ScramVerifier,
  verifierOf,
} from '@ftp/protocol'
import type { AuditEvent } from './audit-event.ts'
import type { DoorName } from './door-name.ts'

/** An account and its rights. */
export interface Account {
  /** In the form that foldUserName returns. */
  readonly name: string
  /** The directory where the account's paths begin, relative to the root. */
  readonly home: RemotePath
  /**
   * The home of the account itself, if this is a view of it that begins further down, as a share link does.
   * Quotas and the audit trail count from there.
   */
  readonly ownerHome?: RemotePath | undefined
  readonly permissions: readonly Permission[]
  /** The doors through which the account may log in; undefined for all. */
  readonly doors?: readonly DoorName[] | undefined
  readonly quota: Quota
  /** The limit for all its connections combined, in bytes per second; undefined for no limit. */
  readonly rate: number | undefined
}

/** The most that may be stored in the account's home; undefined for no limit. */
export interface Quota {
  readonly bytes: number | undefined
  readonly files: number | undefined
}

/** Everything that is stored about an account. */
export interface AccountRecord extends Account {
  readonly verifier: ScramVerifier
  readonly doors: readonly DoorName[]
  readonly enabled: boolean
  /** Whether it may log in by FTP without encryption. */
  readonly clearFtp: boolean
  /** Microseconds since 1970-01-01 UTC. */
  readonly created: number
}

/** A verifier as it is stored. */
export interface StoredVerifier extends ScramVerifier {
  /** Changes with every change to the account. Opaque. */
  readonly generation: string
}

/**
 * Derives the verifier that is stored for a new password.
 * @throws TransferError `bad_request` if the password is invalid
 */
export async function newVerifier(password: string): Promise<ScramVerifier> {
  return verifierOf(await deriveKeys(password, randomBytes(SALT_BYTES), PASSWORD_ITERATIONS))
}

/**
 * The accounts. A change takes effect with the next request of each client that is logged in. A power loss undoes none
 * that has been reported as done.
 */
export interface Accounts {
  find(name: string): Promise<AccountRecord | undefined>
  /**
   * The verifier of an account's password. The time that this takes does not reveal whether the account exists.
   */
  verifierOf(name: string): Promise<StoredVerifier | undefined>
  /** All accounts, by name. */
  list(): Promise<AccountRecord[]>
  /** @param event recorded with it, or not at all @throws TransferError `exists` */
  add(account: AccountRecord, event?: AuditEvent): Promise<void>
  /**
   * Changes an account.
   * @param change may be called more than once
   * @param eventOf makes the event that is recorded with the change
   * @returns the account after the change; undefined if there is none
   */
  change(
    name: string,
    change: (before: AccountRecord) => AccountRecord,
    eventOf?: (after: AccountRecord) => AuditEvent,
  ): Promise<AccountRecord | undefined>
  /** Gives an account a new password, which ends its sessions. */
  setVerifier(name: string, verifier: ScramVerifier): Promise<void>
  /**
   * Removes an account with its keys, tokens, links and sessions. Its unfinished uploads are nobody's then: whoever gets
   * its name must not see them.
   * @returns the account; undefined if there is none
   */
  remove(name: string, eventOf?: (account: AccountRecord) => AuditEvent): Promise<AccountRecord | undefined>
  /** Random bytes that were created with the state, from which the verifiers of unknown users are derived. */
  secret(): Promise<Uint8Array>
}
