import { setTimeout as sleep } from 'node:timers/promises'
import type { RateLimit } from '../share/rates.ts'

/** How soon a changed limit is noticed, in milliseconds. */
const LOOK_EVERY_MS = 100

/** Holds what one connection moves to the limit that it has at each moment. */
export class Throttle {
  limit: RateLimit | undefined
  readonly #closed = new AbortController()

  /**
   * Takes `bytes`.
   * @returns undefined where they may move at once, else resolves when they may have moved, or when it is closed
   */
  take(bytes: number, whileWaiting: () => void = () => {}): Promise<void> | undefined {
    const left = this.limit?.take(bytes)
    return left === undefined || left() === 0 ? undefined : this.#wait(left, whileWaiting)
  }

  /** Nobody waits any more. */
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
