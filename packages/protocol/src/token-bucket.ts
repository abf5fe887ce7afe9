/** How much unused time may be made up for, in milliseconds, because timers are late. */
const MAKE_UP_MS = 50

/**
 * The time in milliseconds at which `bytes` more will have passed, at a given rate.
 * @param passed the time at which everything taken before has passed
 * @param rate bytes per second, above 0
 * @param now the present time on the same clock, which must be monotonic
 */
export function passedAfter(passed: number, bytes: number, rate: number, now: number): number {
  return Math.max(passed, now - MAKE_UP_MS) + (bytes * 1_000) / rate
}

/**
 * Limits transfers to a rate. It has no clock of its own, and everything that must stay within one rate can
 * share it.
 */
export class TokenBucket {
  /** The time at which everything taken so far has passed. */
  #passed: number | undefined

  /**
   * Takes `bytes`, even if it is too early for them.
   * @param rate bytes per second, above 0; may differ from call to call
   * @param now the present time in milliseconds, on any monotonic clock
   * @returns the number of milliseconds from now until they have passed; 0 if they already have
   */
  take(bytes: number, rate: number, now: number): number {
    // At the first use, there is no unused time to make up for.
    this.#passed = passedAfter(this.#passed ?? now, bytes, rate, now)
    return Math.max(0, this.#passed - now)
  }
}
