/** How much of what was not used may be made up for, in milliseconds: timers are late. */
const MAKE_UP_MS = 50

/** Keeps what moves to a rate. It knows no clock and can be shared by everything that has to stay below one rate. */
export class TokenBucket {
  /** When all that was taken has passed. */
  #passed = -Infinity

  /**
   * Takes `bytes`, whether or not it is time for them yet.
   * @param rate bytes a second, above 0; may differ from call to call
   * @param now in milliseconds, of any clock that only goes forward
   * @returns how many milliseconds it takes from now until they have passed, 0 for none
   */
  take(bytes: number, rate: number, now: number): number {
    // What has never been used has nothing to make up for.
    const start = this.#passed === -Infinity ? now : Math.max(this.#passed, now - MAKE_UP_MS)
    this.#passed = start + (bytes * 1_000) / rate
    return Math.max(0, this.#passed - now)
  }
}
