import type { PublicKey } from './public-key.ts'

/** A key as it is stored. */
export interface PublicKeyRecord extends PublicKey {
  readonly account: string
  /** Microseconds since 1970. */
  readonly created: number
}
