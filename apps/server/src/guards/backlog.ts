/** Bytes that all connections of this thread may leave unsent before each of them may leave less. */
const PLENTY = 16_777_216
/** Bytes that may wait for one socket while there is plenty. */
const MOST = 262_144
/** Writes that may be waiting with bytes of a block, which cannot be given back before they are through. */
const MOST_LENT = 8

/**
 * The bytes that wait for the sockets of one thread. Many peers that read nothing are held to one piece each, so that they
 * do not take more together than the thread can have.
 */
export class Backlog {
  readonly #mostLent: number
  #bytes = 0
  #lent = 0

  /** @param mostLent writes that may be waiting with bytes of a block */
  constructor(mostLent = MOST_LENT) {
    this.#mostLent = mostLent
  }

  /** One of the connections has `now` bytes waiting instead of `before`. */
  change(before: number, now: number): void {
    this.#bytes += now - before
  }

  /** How many bytes may wait for a socket before its sender does. */
  get allowance(): number {
    return this.#bytes < PLENTY ? MOST : 0
  }

  /** Lends a piece of a block to a write, until the result is disposed of; undefined if it should be copied. */
  lend(): Disposable | undefined {
    if (this.#lent >= this.#mostLent) return undefined
    this.#lent++
    return { [Symbol.dispose]: () => void this.#lent-- }
  }
}
