import type { Socket } from 'node:net'
import type { FailureCode } from '@ftp/protocol'
import type { Config } from '../config.ts'
import type { Disconnect } from '../guards/disconnect.ts'
import type { Tally } from '../metrics/tally.ts'
import type { AuditEvent } from '../state/audit.ts'
import type { Identity } from '../state/identity.ts'

/** What a handler thread is started with. */
export interface ThreadData {
  readonly config: Config
  /** Absent in plaintext. */
  readonly identity: Identity | undefined
  /** What all threads share of rates. */
  readonly rates: SharedArrayBuffer
}

/** How messages travel to a handler thread, which confirms each by its number. */
export interface Delivery {
  readonly number: number
  readonly message: ToThread
}

/** From the main thread to a handler thread. */
export type ToThread =
  /** Serve this connection from its first byte; if there is a refusal, only tell its client that. */
  | {
      readonly type: 'connection'
      readonly connection: number
      readonly address: string
      readonly socket: Socket
      readonly refusal: string | undefined
    }
  /** Close this connection if it has not logged in: newer ones want its place. */
  | { readonly type: 'drop'; readonly connection: number }
  /** The lease that was asked for is yours; or it is not, because its holder does not let go. */
  | { readonly type: 'lease-granted'; readonly ticket: number; readonly granted: boolean }
  /** Somebody else wants your lease: stop writing and release it. */
  | { readonly type: 'lease-wanted'; readonly ticket: number }
  /** The home that was asked for has been counted, or why it cannot be. */
  | {
      readonly type: 'counted'
      readonly home: string
      readonly failure?: { readonly code: FailureCode; readonly message: string }
    }
  /** Finish what is being answered, then close every connection. */
  | { readonly type: 'drain' }
  /** Nothing to do but to confirm it. */
  | { readonly type: 'probe' }

/** Why the state cannot be used. */
export interface StateTrouble {
  readonly message: string
  /** It does not mend itself. */
  readonly isDamage: boolean
}

/** From a handler thread to the main thread. */
export type ToMain =
  | { readonly type: 'ready' }
  /** These deliveries have arrived, and no others since the last one of these. */
  | { readonly type: 'received'; readonly numbers: readonly number[] }
  /** `ticket` is the thread's own number for this lease. */
  | { readonly type: 'lease-acquire'; readonly ticket: number; readonly key: string }
  | { readonly type: 'lease-release'; readonly ticket: number }
  /** Count what this home holds. */
  | { readonly type: 'count'; readonly home: string }
  | { readonly type: 'fault'; readonly message: string }
  | { readonly type: 'suffers'; readonly trouble: StateTrouble }
  | { readonly type: 'logged-in'; readonly connection: number }
  | { readonly type: 'connection-closed'; readonly connection: number; readonly disconnect: Disconnect }
  /** A file has been stored; sent only if a hook wants to know. */
  | { readonly type: 'stored'; readonly event: AuditEvent }
  /** What has been done since the last one of these. */
  | { readonly type: 'tallies'; readonly tallies: readonly Tally[] }
  /** Complete lines for the log. */
  | { readonly type: 'log'; readonly lines: string }
