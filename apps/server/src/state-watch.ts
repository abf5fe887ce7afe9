import type { DatabaseSync } from 'node:sqlite'
import { forgetUsage } from './databases/sqlite/quota-upkeep.ts'
import { totalRate } from './databases/sqlite/total-rate.ts'
import type { UploadRecords } from './databases/sqlite/uploads.ts'
import type { Rates } from './share/rates.ts'

/** How often the main thread checks the state, in milliseconds. */
const LOOK_EVERY_MS = 500

export interface StateWatchOptions {
  readonly database: DatabaseSync
  readonly rates: Rates
  readonly uploads: UploadRecords
  /** Called after each check that found the state usable. */
  readonly onWell: () => void
  /** Wraps an action that may fail, so that a failure is reported. */
  readonly guarded: (action: () => void) => () => void
}

/**
 * Checks the state at intervals: adopts the total rate that the operator has set, and releases the
 * reservations of threads that have died. If the state cannot be used, it tries again later. Disposing of
 * this object ends the checks.
 */
export class StateWatch implements Disposable {
  readonly #options: StateWatchOptions
  readonly #look: () => void
  readonly #timer: NodeJS.Timeout
  /** Threads whose reservations have not been released yet. */
  readonly #dead = new Set<number>()

  constructor(options: StateWatchOptions) {
    this.#options = options
    this.#look = options.guarded(() => this.#lookNow())
    this.#timer = setInterval(this.#look, LOOK_EVERY_MS).unref()
    this.#look()
  }

  /** @param thread the id of the thread that has died */
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
