import type { Socket } from 'node:net'
import type { FailureCode } from '@ftp/protocol'
import type { Credentials } from '../certificates/credentials.ts'
import type { Config } from '../config.ts'
import type { Disconnect } from '../guards/disconnect.ts'
import type { Refusal } from '../guards/refusal.ts'
import type { PortName } from '../listener.ts'
import type { Tally } from '../metrics/tally.ts'
import type { AuditEvent } from '../state/audit-event.ts'

/** The start-up data of a handler thread. */
export interface ThreadData {
  readonly config: Config
  /** Absent in plaintext. */
  readonly credentials: Credentials | undefined
  /** The private key that clients of SSH see; absent without SFTP. */
  readonly hostKey: string | undefined
  /** The memory for rates, which all threads share. */
  readonly rates: SharedArrayBuffer
  /** Random bytes with which passwords are hashed before they are compared with recent ones. */
  readonly passwordKey: Uint8Array
}

/** A numbered message to a handler thread. The thread confirms each by its number. */
export interface Delivery {
  readonly number: number
  readonly message: ToThread
}

/** Messages from the main thread to a handler thread. */
export type ToThread =
  /** Serve this connection from its first byte; if there is a refusal, only send that to the client. */
  | {
      readonly type: 'connection'
      readonly connection: number
      readonly address: string
      readonly port: PortName
      readonly socket: Socket
      readonly refusal: Refusal | undefined
    }
  /** Close this connection if it has not logged in: newer ones need its place. */
  | { readonly type: 'drop'; readonly connection: number }
  /** The requested lease is granted; or it is refused, because its holder does not release it. */
  | { readonly type: 'lease-granted'; readonly ticket: number; readonly granted: boolean }
  /** Another connection wants the lease: stop writing and release it. */
  | { readonly type: 'lease-wanted'; readonly ticket: number }
  /** The answer to a `password-ask`; `derive` means that it is the turn of this ticket. */
  | {
      readonly type: 'password-turn'
      readonly ticket: number
      readonly answer: 'derive' | 'right' | 'wrong' | 'busy'
    }
  /** The requested count of a home has ended: successfully, or with an error. */
  | {
      readonly type: 'counted'
      readonly home: string
      readonly failure?: { readonly code: FailureCode; readonly message: string }
    }
  /** From now on, show these credentials to new connections. */
  | { readonly type: 'credentials'; readonly credentials: Credentials }
  /** Finish the current requests, then close every connection. */
  | { readonly type: 'drain' }
  /** Only confirm this message. */
  | { readonly type: 'probe' }

/** The reason for which the state cannot be used. */
export interface StateTrouble {
  readonly message: string
  /** Whether the failure is permanent, so that retrying does not help. */
  readonly isDamage: boolean
}

/** Messages from a handler thread to the main thread. */
export type ToMain =
  | { readonly type: 'ready' }
  /** These deliveries have arrived, and no others since the previous such message. */
  | { readonly type: 'received'; readonly numbers: readonly number[] }
  /** `ticket` is a number that the thread has chosen for this lease. */
  | { readonly type: 'lease-acquire'; readonly ticket: number; readonly key: string }
  | { readonly type: 'lease-release'; readonly ticket: number }
  /** Asks for the turn to check a password; `tag` and `source` as in PasswordQueue.turn. */
  | { readonly type: 'password-ask'; readonly ticket: number; readonly tag: string; readonly source: string }
  /** The turn, or the wait for it, has ended. */
  | { readonly type: 'password-end'; readonly ticket: number; readonly result?: 'right' | 'wrong' }
  /** A request to count the contents of this home. */
  | { readonly type: 'count'; readonly home: string }
  | { readonly type: 'fault'; readonly message: string }
  | { readonly type: 'suffers'; readonly trouble: StateTrouble }
  | { readonly type: 'logged-in'; readonly connection: number; readonly account: string }
  | { readonly type: 'wrong-password'; readonly connection: number }
  | { readonly type: 'connection-closed'; readonly connection: number; readonly disconnect: Disconnect }
  /** A file has been stored. Sent only if there is a hook. */
  | { readonly type: 'stored'; readonly event: AuditEvent }
  /** The actions since the previous such message. */
  | { readonly type: 'tallies'; readonly tallies: readonly Tally[] }
  /** Complete lines for the log. */
  | { readonly type: 'log'; readonly lines: string }
