import type { Socket } from 'node:net'
import { TransferError } from '@ftp/protocol'
import { MinimumRate } from './minimum-rate.ts'

/** In milliseconds. */
export interface Timeouts {
  /** From the connection to the accepted login. */
  readonly login: number
  /** Without a request. */
  readonly idle: number
  /** Without a byte in either direction, while a request is answered. */
  readonly stall: number
  /** Bytes per second, both directions together, that a client owes as an average over `stall`. */
  readonly rate: number
}

/** How long a connection waits for its client: to log in, to ask, and for the bytes of a request. */
export class Deadlines implements Disposable {
  readonly #socket: Socket
  readonly #timeouts: Timeouts
  readonly #login: NodeJS.Timeout
  readonly #minimumRate: MinimumRate

  /**
   * @param owes whether the connection waits for its client
   * @param onOver called with the reason each time that it waited too long
   */
  constructor(
    socket: Socket,
    timeouts: Timeouts,
    owes: () => boolean,
    onOver: (reason: TransferError) => void,
  ) {
    const over = (reason: string) => () => onOver(new TransferError('timeout', reason))
    const { login, rate, stall } = timeouts
    this.#socket = socket
    this.#timeouts = timeouts
    this.#login = setTimeout(over('no login in time'), login)
    this.#minimumRate = new MinimumRate(
      socket,
      owes,
      rate,
      stall,
      over(`less than ${rate} bytes a second came through`),
    )
    socket.on('timeout', over('nothing was heard for too long'))
  }

  /** The login is accepted, or no longer matters. */
  loggedIn(): void {
    clearTimeout(this.#login)
  }

  /** A request is being answered. */
  answering(): void {
    this.#socket.setTimeout(this.#timeouts.stall)
  }

  /** No request is being answered. */
  idle(): void {
    this.#socket.setTimeout(this.#timeouts.idle)
  }

  [Symbol.dispose](): void {
    clearTimeout(this.#login)
    this.#minimumRate[Symbol.dispose]()
  }
}
