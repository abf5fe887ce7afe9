import type { Socket } from 'node:net'
import { TransferError } from '@ftp/protocol'
import { MinimumRate } from './minimum-rate.ts'

/** The time limits of a connection, in milliseconds, and the lowest acceptable rate. */
export interface Timeouts {
  /** The longest time from the connection to the accepted login. */
  readonly login: number
  /** The longest time without a request. */
  readonly idle: number
  /** The longest time without a byte in either direction while a request is being answered. */
  readonly stall: number
  /** The average rate that a client must reach over `stall`: bytes per second, both directions combined. */
  readonly rate: number
}

/** The state of a connection, in which some limits do not apply. */
export interface Activity {
  /** Whether the connection is waiting for its client. */
  readonly owes: () => boolean
  /** Whether the server does not read at the moment, so that the silence is its own. */
  readonly rests: () => boolean
}

/**
 * Limits how long a connection waits for its client: for the login, for a request, and for the bytes of a
 * request.
 */
export class Deadlines implements Disposable {
  readonly #socket: Socket
  readonly #timeouts: Timeouts
  readonly #login: NodeJS.Timeout
  readonly #minimumRate: MinimumRate

  /**
   * @param onOver called with the reason each time that a limit has been exceeded
   */
  constructor(
    socket: Socket,
    timeouts: Timeouts,
    { owes, rests }: Activity,
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
    const silent = over('nothing was heard for too long')
    socket.on('timeout', () => {
      if (rests()) socket.setTimeout(socket.timeout ?? 0)
      else silent()
    })
  }

  /** To be called when the login is accepted or no longer matters. */
  loggedIn(): void {
    clearTimeout(this.#login)
  }

  /** To be called when a request begins to be answered. */
  answering(): void {
    this.#socket.setTimeout(this.#timeouts.stall)
  }

  /** To be called when no request is being answered any more. */
  idle(): void {
    this.#socket.setTimeout(this.#timeouts.idle)
  }

  [Symbol.dispose](): void {
    clearTimeout(this.#login)
    this.#minimumRate[Symbol.dispose]()
  }
}
