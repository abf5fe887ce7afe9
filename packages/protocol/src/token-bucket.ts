/** How much of what was not used may be made up for, in milliseconds: timers are late. */
const MAKE_UP_MS = 50

/**
 * When `bytes` more have passed at a rate, in milliseconds.
 * @param passed when all that was taken before has passed
 * @param rate bytes a second, above 0
 * @param now of the same clock, which only goes forward
 */
export function passedAfter(passed: number, bytes: number, rate: number, now: number): number {
  return Math.max(passed, now - MAKE_UP_MS) + (bytes * 1_000) / rate
}

/** Keeps what moves to a rate. It knows no clock and can be shared by everything that has to stay below one rate. */
export class TokenBucket {
  /** When all that was taken has passed. */
  #passed: number | undefined

  /**
   * Takes `bytes`, whether or not it is time for them yet.
   * @param rate bytes a second, above 0; may differ from call to call
   * @param now in milliseconds, of any clock that only goes forward
   * @returns how many milliseconds it takes from now until they have passed, 0 for none
   */
  take(bytes: number, rate: number, now: number): number {
    // What has never been used has nothing to make up for.
    this.#passed = passedAfter(this.#passed ?? now, bytes, rate, now)
    return Math.max(0, this.#passed - now)
  }
}
