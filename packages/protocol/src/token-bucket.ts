/** How much unused time may be made up for by default, in milliseconds, because timers are late. */
const MAKE_UP_MS = 50

/**
 * The time in milliseconds at which `bytes` more will have passed, at a given rate.
 * @param passed the time at which everything taken before has passed
 * @param rate bytes per second, above 0
 * @param now the present time on the same clock, which must be monotonic
 * @param makeUpMs how much unused time may be made up for, in milliseconds
 */
export function passedAfter(
  passed: number,
  bytes: number,
  rate: number,
  now: number,
  makeUpMs = MAKE_UP_MS,
): number {
  return Math.max(passed, now - makeUpMs) + (bytes * 1_000) / rate
}

/**
 * Limits transfers to a rate. It has no clock of its own, and everything that must stay within one rate can
 * share it.
 */
export class TokenBucket {
  /** The time at which everything taken so far has passed. */
  #passed: number | undefined
  readonly #makeUpMs: number

  /** @param makeUpMs how much unused time may be made up for, in milliseconds */
  constructor(makeUpMs = MAKE_UP_MS) {
    this.#makeUpMs = makeUpMs
  }

  /**
   * Takes `bytes`, even if it is too early for them.
   * @param rate bytes per second, above 0; may differ from call to call
   * @param now the present time in milliseconds, on any monotonic clock
   * @returns the number of milliseconds from now until they have passed; 0 if they already have
   */
  take(bytes: number, rate: number, now: number): number {
    // At the first use, there is no unused time to make up for.
    this.#passed = passedAfter(this.#passed ?? now, bytes, rate, now, this.#makeUpMs)
    return Math.max(0, this.#passed - now)
  }
}
