import { hashOf } from './secret.ts'

/** How long a session lasts, and how long if it is not used; in seconds. */
export const SESSION_S = 30 * 86_400
export const IDLE_S = 7 * 86_400
/** The maximum number of sessions of one account; if there are more, the least recently used one ends. */
export const MOST_SESSIONS = 100
/** How long after a recorded use further uses are not recorded, in microseconds. */
export const USED_WITHIN = 60_000_000

/** The length of an id in bytes. */
export const ID_BYTES = 8

/** A browser that is logged in. Times are in microseconds since 1970. */
export interface SessionRecord {
  /** Identifies the session to its owner; the cookie cannot be computed from it. */
  readonly id: string
  readonly account: string
  /** The address from which it was begun. */
  readonly address: string
  readonly created: number
  /** The last use, to the minute. */
  readonly used: number
}

/** The id of the session of a cookie. */
export function sessionId(cookie: string): string {
  return idOf(hashOf(cookie))
}

/** The id of a session, from the hash of its cookie. */
export function idOf(hash: Uint8Array): string {
  return Buffer.from(hash).toString('hex', 0, ID_BYTES)
}
