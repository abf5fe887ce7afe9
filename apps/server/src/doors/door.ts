import type { Socket } from 'node:net'
import type { Hasher } from '@ftp/md5'
import type { TransferError } from '@ftp/protocol'
import type { Timeouts } from '../guards/deadlines.ts'
import type { Disconnect } from '../guards/disconnect.ts'
import type { Spool } from '../guards/spool.ts'
import type { Log } from '../log/log.ts'
import type { Logins } from '../share/logins.ts'

/** The other end of a connection, and whoever wants to know how the connection goes. */
export interface Peer {
  readonly address: string
  /** The channel's `tls-exporter` data (RFC 9266); undefined in plaintext. Not to be asked for before bytes have come. */
  readonly binding: () => Uint8Array | undefined
  /** Called once at most. */
  readonly onLogin: () => void
  /** Called once, when the connection is gone. */
  readonly onClose: (disconnect: Disconnect) => void
}

/** What every door of a thread shares: who may come in, and what keeps one peer from harming the others. */
export interface Guards {
  /** The server's name and version, for people. */
  readonly server: string
  readonly logins: Logins
  readonly timeouts: Timeouts
  /** Has the blocks that the bytes of files go through. */
  readonly hasher: Hasher
  readonly log: Log
  /** Called with every failure that is the server's own fault. */
  readonly onFault: (error: TransferError) => void
}

/** One connection that a door serves, from its first byte to its last. */
export interface Served {
  /** Finishes the request that is being answered, refuses the rest, and closes. */
  drain(): void
  /** Closes it if nobody has logged in on it. @param reason sent to its peer */
  drop(reason: string): void
  /**
   * Checks whether its account may go on, and how fast. To be called from time to time: a request may take hours, and the
   * operator may have changed the account meanwhile.
   */
  recheck(): void
  /**
   * Others want memory: gives back what it has while it waits for its peer. To be called from time to time.
   * @param spool where what has arrived may wait
   */
  yieldMemory(spool: Spool): void
}

/** A protocol that peers can come in by. It translates between that and the operations of the share, and repeats no rule. */
export type Door = (socket: Socket, peer: Peer, guards: Guards) => Served
