import type { Socket } from 'node:net'
import type { Hasher } from '@ftp/md5'
import type { TransferError } from '@ftp/protocol'
import type { Timeouts } from '../guards/deadlines.ts'
import type { Disconnect } from '../guards/disconnect.ts'
import type { Refusal } from '../guards/refusal.ts'
import type { Spool } from '../guards/spool.ts'
import type { Log } from '../log/log.ts'
import type { Logins } from '../share/logins.ts'

/** The remote end of a connection, and the callbacks that report the progress of the connection. */
export interface Peer {
  readonly address: string
  /**
   * When the connection was accepted, in milliseconds of `performance.now()`: the time limit for its login
   * begins then.
   */
  readonly accepted: number
  /**
   * The channel's `tls-exporter` data (RFC 9266); undefined in plaintext. Call this only after bytes have
   * arrived.
   */
  readonly binding: () => Uint8Array | undefined
  /** Called at most once, with the name of the account. */
  readonly onLogin: (account: string) => void
  /**
   * Called for each wrong password, by a door that permits several of them. A door that closes the connection after the
   * first one reports it as the reason instead.
   */
  readonly onWrongPassword: () => void
  /** Called once, when the connection is closed. */
  readonly onClose: (disconnect: Disconnect) => void
}

/**
 * The services that all doors of a thread share: the logins, and everything that keeps one peer from harming
 * others.
 */
export interface Guards {
  /** The server's name and version, for people. */
  readonly server: string
  readonly logins: Logins
  readonly timeouts: Timeouts
  /** After how many days an upload that nobody continues is removed. */
  readonly uploadDays: number
  /** The hasher, which also owns the blocks through which the bytes of files pass. */
  readonly hasher: Hasher
  readonly log: Log
  /** Called with every failure that is the server's own fault. */
  readonly onFault: (error: TransferError) => void
}

/** One connection that a door serves, from its first byte to its last. */
export interface Served {
  /** Finishes the current request, refuses the waiting ones, and closes the connection. */
  drain(): void
  /**
   * Sends a refusal and closes the connection, if it is not logged in. A door that learns the account from the
   * login may serve one that the refusal exempts; every other login must be answered with the refusal, whether
   * its password is right or wrong.
   */
  drop(refusal: Refusal): void
  /**
   * Checks whether the account may still be used, and at which rate. Call this at intervals: a request may
   * take hours, and the operator may have changed the account since it began.
   */
  recheck(): void
  /**
   * Releases the memory that this connection occupies while it waits for its peer, because other connections
   * need it. Call this at intervals.
   * @param spool holds bytes that have already arrived
   */
  yieldMemory(spool: Spool): void
}

/**
 * A protocol by which peers connect. It translates between the protocol and the operations of the share, and
 * repeats none of their rules.
 */
export type Door = (socket: Socket, peer: Peer, guards: Guards) => Served

/** How long a connection may still take to log in, in milliseconds. */
export function loginTime({ timeouts }: Guards, { accepted }: Pick<Peer, 'accepted'>): number {
  return Math.max(0, timeouts.login - (performance.now() - accepted))
}
