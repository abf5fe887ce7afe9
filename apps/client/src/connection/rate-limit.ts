import { TokenBucket } from '@ftp/protocol'

/** The most and the fewest bytes that move at once on a limited connection. */
const MOST_AT_ONCE = 65_536
const FEWEST_AT_ONCE = 1_024
/** Into how many pieces the bytes of a second are cut, so that neither side waits long for a sign of life. */
const PIECES = 16

/**
 * How much time without a byte is made up for, in milliseconds. On a busy machine a program waits that long for
 * its turn, and would stay below its rate otherwise.
 */
const MAKE_UP_MS = 500

/** Limits the speed of all connections that share it, in total and in both directions. */
export class RateLimit {
  readonly #bucket = new TokenBucket(MAKE_UP_MS)
  readonly #rate: number

  /** @param rate bytes per second */
  constructor(rate: number) {
    this.#rate = rate
  }

  /** How many bytes to move at once. */
  get slice(): number {
    return Math.max(FEWEST_AT_ONCE, Math.min(MOST_AT_ONCE, Math.floor(this.#rate / PIECES)))
  }

  /** Counts bytes that move now. @returns how many milliseconds to wait after them */
  take(bytes: number): number {
    return this.#bucket.take(bytes, this.#rate, performance.now())
  }
}
