import { TokenBucket } from '@ftp/protocol'

/** The most that moves at once on a limited connection: so that no side waits long for a sign of life. */
export const SLICE = 65_536

/** How fast all connections that share it may be together, both directions counted. */
export class RateLimit {
  readonly #bucket = new TokenBucket()
  readonly #rate: number

  /** @param rate bytes a second */
  constructor(rate: number) {
    this.#rate = rate
  }

  /** @returns how many milliseconds to wait for `bytes` that move now */
  take(bytes: number): number {
    return this.#bucket.take(bytes, this.#rate, performance.now())
  }
}
