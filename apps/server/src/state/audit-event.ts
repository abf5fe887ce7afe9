import type { DoorName } from './door-name.ts'

/** The recorded actions of clients. */
export const CLIENT_ACTIONS = [
  'login',
  'get',
  'put',
  'mkdir',
  'setstat',
  'remove',
  'move',
  'copy',
  'discard',
  'passwd',
  'session-end',
  'token-add',
  'token-remove',
  'share-add',
  'share-remove',
] as const

/**
 * The actions that only the operator takes, on an account or on the server's rate. Users, too, can make and
 * remove tokens and links.
 */
export const OPERATOR_ACTIONS = [
  'user-add',
  'user-set',
  'user-passwd',
  'user-remove',
  'key-add',
  'key-remove',
  'rate',
] as const

export const AUDIT_ACTIONS = [...CLIENT_ACTIONS, ...OPERATOR_ACTIONS] as const

export type OperatorAction = (typeof OPERATOR_ACTIONS)[number]

/** One recorded action: its account, its path and its outcome. */
export interface AuditEvent {
  readonly account: string
  readonly address: string
  /** The door through which the client came; absent for the operator. */
  readonly door?: DoorName | undefined
  /** What the client used instead of the password, without its secret: `token laptop`, `link k3f9`. */
  readonly credential?: string | undefined
  readonly action: (typeof AUDIT_ACTIONS)[number]
  readonly path?: string | undefined
  readonly target?: string | undefined
  readonly size?: number | undefined
  readonly md5?: string | undefined
  readonly detail?: string | undefined
  readonly outcome: string
}

/** A filter for events; absent fields match everything. */
export interface AuditQuery {
  readonly account?: string | undefined
  readonly action?: string | undefined
  /** Matches events whose source or target is this path or below it. */
  readonly path?: string | undefined
  /** Milliseconds since 1970. */
  readonly since?: number | undefined
  readonly until?: number | undefined
  /** The maximum number of events to return; the newest are chosen. */
  readonly limit?: number | undefined
}

/** An event as it was recorded; `time` is milliseconds since 1970. */
export interface RecordedEvent {
  readonly time: number
  readonly account: string
  readonly address: string
  /** Null in events that are older than this field, and in those of the operator. */
  readonly door: string | null
  readonly credential: string | null
  readonly action: string
  readonly path: string | null
  readonly target: string | null
  readonly size: number | null
  readonly md5: string | null
  readonly detail: string | null
  readonly outcome: string
  /** The number of otherwise equal events that this one stands for, since the last such record. */
  readonly times: number
}
