/** The unsent bytes that all connections of this thread may have before each connection is held to less. */
const PLENTY = 16_777_216
/** The bytes that may wait for one socket until then. */
const MOST = 262_144
/**
 * The maximum number of pending writes that use bytes of a block directly. Such a block cannot be released
 * before the write is done.
 */
const MOST_LENT = 8

/**
 * The bytes that wait for the sockets of one thread. Peers that read nothing are limited to one piece each,
 * so that even many of them do not exceed the memory of the thread.
 */
export class Backlog {
  readonly #mostLent: number
  #bytes = 0
  #lent = 0

  /** @param mostLent the maximum number of pending writes that use bytes of a block directly */
  constructor(mostLent = MOST_LENT) {
    this.#mostLent = mostLent
  }

  /** Registers that one connection now has `now` bytes waiting instead of `before`. */
  change(before: number, now: number): void {
    this.#bytes += now - before
  }

  /** The number of bytes that may wait for a socket before its sender has to wait. */
  get allowance(): number {
    return this.#bytes < PLENTY ? MOST : 0
  }

  /**
   * Permits a write to use a piece of a block directly until the result is disposed of; undefined if the
   * piece has to be copied.
   */
  lend(): Disposable | undefined {
    if (this.#lent >= this.#mostLent) return undefined
    this.#lent++
    return { [Symbol.dispose]: () => void this.#lent-- }
  }
}

/** The backlog of this thread. */
export const threadBacklog = new Backlog()
