import type { Permission } from '@ftp/protocol'

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
