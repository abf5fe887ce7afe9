import { hashOf } from './secret.ts'

/** How long a session lasts, and how long if it is not used; in seconds. */
export const SESSION_S = 30 * 86_400
export const IDLE_S = 7 * 86_400
/** The maximum number of sessions of one account; if there are more, the least recently used one ends. */
export const MOST_SESSIONS = 100
/** How long after a recorded use further uses are not recorded, in microseconds. */
const USED_WITHIN = 60_000_000

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

/** Whether recording the use of a session would change anything. */
export function isStale({ used }: SessionRecord, now = Date.now() * 1_000): boolean {
  return now - used >= USED_WITHIN
}

/** The browsers that are logged in. A session ends with its account, and with the account's password. */
export interface SessionRecords {
  /**
   * Begins a session, if the account still has the password with this salt.
   * @returns the cookie; undefined if the account is gone or has another password
   */
  begin(account: string, salt: Uint8Array, address: string, now?: number): Promise<string | undefined>
  /** The session of a cookie; undefined if it has ended. */
  find(cookie: string, now?: number): Promise<SessionRecord | undefined>
  /** Records that a session is being used. */
  use(cookie: string, now?: number): Promise<void>
  /** The sessions of an account, the most recently used first. */
  list(account: string, now?: number): Promise<SessionRecord[]>
  /** Ends a session, if there is one with this cookie. */
  end(cookie: string): Promise<void>
  /** Ends the session of an account with this id. @returns whether there was one */
  endById(account: string, id: string): Promise<boolean>
  /** Removes the sessions that had ended by themselves at this time. */
  forget(now: number): Promise<void>
}
