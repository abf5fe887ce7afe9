import type { AuditEvent } from './audit-event.ts'
import type { PublicKey } from './public-key.ts'

/** The maximum number of keys of one account. */
export const MOST_KEYS = 100

/** A key as it is stored. */
export interface PublicKeyRecord extends PublicKey {
  readonly account: string
  /** Microseconds since 1970. */
  readonly created: number
}

/** The public keys with which the users of SFTP log in. */
export interface PublicKeys {
  /** @throws TransferError `exists` if the account has this key; `forbidden` if it has too many */
  add(account: string, key: PublicKey, event?: AuditEvent): Promise<void>
  find(account: string, fingerprint: string): Promise<PublicKeyRecord | undefined>
  /** The keys of an account, or of all, oldest first. */
  list(account?: string): Promise<PublicKeyRecord[]>
  /** @throws TransferError `not_found` */
  remove(account: string, fingerprint: string, event?: AuditEvent): Promise<void>
}
