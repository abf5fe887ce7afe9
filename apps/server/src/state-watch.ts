import type { DatabaseSync } from 'node:sqlite'
import type { Rates } from './share/rates.ts'
import { forgetUsage } from './state/quota-upkeep.ts'
import { totalRate } from './state/total-rate.ts'
import type { UploadRecords } from './state/uploads.ts'

/** How often the main thread looks at the state, in milliseconds. */
const LOOK_EVERY_MS = 500

export interface StateWatchOptions {
  readonly database: DatabaseSync
  readonly rates: Rates
  readonly uploads: UploadRecords
  /** Called after each look that found the state as it should be. */
  readonly onWell: () => void
  /** Runs what may fail, and reports a failure. */
  readonly guarded: (action: () => void) => () => void
}

/**
 * Looks at the state from time to time: takes over the total rate that the operator has set, and gives back what threads
 * that have died had reserved. If the state cannot be used, it tries again. Disposing of it ends that.
 */
export class StateWatch implements Disposable {
  readonly #options: StateWatchOptions
  readonly #look: () => void
  readonly #timer: NodeJS.Timeout
  /** Threads whose reservations have still to be given back. */
  readonly #dead = new Set<number>()

  constructor(options: StateWatchOptions) {
    this.#options = options
    this.#look = options.guarded(() => this.#lookNow())
    this.#timer = setInterval(this.#look, LOOK_EVERY_MS).unref()
    this.#look()
  }

  /** @param thread has died, by its own number */
  died(thread: number): void {
    this.#dead.add(thread)
    this.#look()
  }

  #lookNow(): void {
    const { database, rates, uploads, onWell } = this.#options
    rates.setTotal(totalRate(database))
    for (const thread of this.#dead) {
      uploads.endAll(thread)
      forgetUsage(database)
      this.#dead.delete(thread)
    }
    onWell()
  }

  [Symbol.dispose](): void {
    clearInterval(this.#timer)
  }
}
