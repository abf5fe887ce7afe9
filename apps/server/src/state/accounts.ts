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
