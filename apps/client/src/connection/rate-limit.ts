import { setTimeout as sleep } from 'node:timers/promises'
import { TokenBucket } from '@ftp/protocol'

/**
 * The maximum and the minimum number of bytes that move at once on a limited connection. Without a limit, the
 * maximum moves at once.
 */
const MOST_AT_ONCE = 1_048_576
const FEWEST_AT_ONCE = 1_024
/**
 * The number of pieces into which the bytes of a second are cut, so that neither side waits long for the next
 * ones.
 */
const PIECES = 16
/**
 * The shortest wait that is worth a timer, in milliseconds, since a timer takes a millisecond or more,
 * however short its time is. A shorter wait is added to the next one.
 */
const WORTH_MS = 4
/**
 * How much time without a byte is made up for, in milliseconds. On a busy machine a program may wait that
 * long for its turn; otherwise, it would stay below its rate.
 */
const MAKE_UP_MS = 500

/** A clock in milliseconds, and a way to wait. */
export interface Clock {
  readonly now: () => number
  /** Resolves after `ms` milliseconds, usually a little later, or when the signal is aborted. Never rejects. */
  readonly sleep: (ms: number, signal: AbortSignal) => Promise<void>
}

const CLOCK: Clock = {
  now: () => performance.now(),
  sleep: async (ms, signal) => await sleep(ms, undefined, { signal }).catch(() => {}),
}

/** Limits the speed of all connections that share it, in total and in both directions. */
export class RateLimit {
  readonly clock: Clock
  readonly #bucket = new TokenBucket(MAKE_UP_MS)
  readonly #rate: number

  /** @param rate bytes per second */
  constructor(rate: number, clock = CLOCK) {
    this.#rate = rate
    this.clock = clock
  }

  /** How many bytes to move at once. */
  get slice(): number {
    return Math.max(FEWEST_AT_ONCE, Math.min(MOST_AT_ONCE, Math.floor(this.#rate / PIECES)))
  }

  /** Counts bytes that move now. @returns how many milliseconds to wait after them; 0 if a wait is not worth a timer */
  take(bytes: number): number {
    const wait = this.#bucket.take(bytes, this.#rate, this.clock.now())
    return wait < WORTH_MS ? 0 : wait
  }
}
