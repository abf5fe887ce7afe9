import type { DoorName } from '../state/door-name.ts'

/** Where a client comes from, and how. */
export interface ClientOrigin {
  readonly address: string
  /** The address, or the network that counts as one address. */
  readonly source: string
  readonly door: DoorName
}
