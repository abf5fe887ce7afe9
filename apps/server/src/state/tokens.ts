import type { Permission } from '@ftp/protocol'
import type { AuditEvent } from './audit-event.ts'

/** The maximum number of tokens of one account. */
export const MOST_TOKENS = 100

/** The properties of a new token that somebody chooses. */
export interface NewToken {
  readonly account: string
  /** Unique within the account. */
  readonly name: string
  /** The token gives those of these permissions that the account has; undefined for all of the account's. */
  readonly permissions: readonly Permission[] | undefined
  /** Microseconds since 1970; undefined for never. */
  readonly expires: number | undefined
}

/** A token as it is stored, without the secret. Times are in microseconds since 1970. */
export interface TokenRecord extends NewToken {
  readonly created: number
  /** The last use, to the minute. */
  readonly used: number | undefined
}

/** How long after a recorded use further uses are not recorded, in microseconds. */
export const USED_WITHIN = 60_000_000

/** Whether recording the use of a token would change anything. */
export function isTokenStale({ used = 0 }: TokenRecord, now: number): boolean {
  return now - used >= USED_WITHIN
}

/** The tokens that programs use to log in to an account, instead of its password. */
export interface Tokens {
  /**
   * Makes a token.
   * @param event recorded with it, or not at all
   * @returns the token itself, which cannot be shown again
   * @throws TransferError `exists` if the account has one with this name; `forbidden` if it has too many
   */
  add(token: NewToken, event?: AuditEvent): Promise<string>
  /** The record of a token; undefined if there is none, or it has expired. */
  find(token: string, now?: number): Promise<TokenRecord | undefined>
  /** Records that a token is being used, unless that has been recorded within the last minute. */
  use(token: string, record: TokenRecord, now?: number): Promise<void>
  /** The tokens of an account, or of all, by account and name; including those that have expired. */
  list(account?: string): Promise<TokenRecord[]>
  /** @throws TransferError `not_found` */
  remove(account: string, name: string, event?: AuditEvent): Promise<void>
}
