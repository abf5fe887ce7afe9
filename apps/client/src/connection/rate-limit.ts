import { TokenBucket } from '@ftp/protocol'

/**
 * The most bytes moved at once on a limited connection, so that neither side waits long for a sign of life.
 */
export const SLICE = 65_536

/** Limits the speed of all connections that share it, in total and in both directions. */
export class RateLimit {
  readonly #bucket = new TokenBucket()
  readonly #rate: number

  /** @param rate bytes per second */
  constructor(rate: number) {
    this.#rate = rate
  }

  /** Counts bytes that move now. @returns how many milliseconds to wait after them */
  take(bytes: number): number {
    return this.#bucket.take(bytes, this.#rate, performance.now())
  }
}
