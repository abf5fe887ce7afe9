import { setTimeout as sleep } from 'node:timers/promises'
import type { RateLimit } from '../share/rates.ts'

/** How soon a changed limit takes effect, in milliseconds. */
const LOOK_EVERY_MS = 100

/** Limits the rate of one connection to whatever its limit is at each moment. */
export class Throttle {
  limit: RateLimit | undefined
  readonly #closed = new AbortController()

  /**
   * Takes `bytes` from the limit.
   * @returns undefined if they may move at once; else a promise that resolves when they may have moved, or at
   * {@link close}
   */
  take(bytes: number, whileWaiting: () => void = () => {}): Promise<void> | undefined {
    const left = this.limit?.take(bytes)
    return left === undefined || left() === 0 ? undefined : this.#wait(left, whileWaiting)
  }

  /** Ends all waits. */
  close(): void {
    this.#closed.abort()
  }

  async #wait(left: () => number, whileWaiting: () => void): Promise<void> {
    const { signal } = this.#closed
    for (let ms = left(); ms > 0 && !signal.aborted; ms = left()) {
      await sleep(Math.min(ms, LOOK_EVERY_MS), undefined, { signal }).catch(() => {})
      if (!signal.aborted) whileWaiting()
    }
  }
}
