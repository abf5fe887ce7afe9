import { addAbortListener } from 'node:events'
import type { Connection } from '../connection/connection.ts'
import type { Borrowed, ConnectionPool } from './connection-pool.ts'
import { unlessAborted } from './unless-aborted.ts'

/**
 * A connection that several actions use at once, so that a request need not wait for the replies to earlier
 * ones.
 */
export class SharedConnection implements Disposable {
  readonly #pool: ConnectionPool
  readonly #signal: AbortSignal
  readonly #abort: Disposable
  #borrowing: Promise<Borrowed> | undefined
  #opened: Connection | undefined

  /** @param signal if it is aborted, the connection is closed, or no longer waited for; that also ends the answers
   *   in progress */
  constructor(pool: ConnectionPool, signal: AbortSignal) {
    this.#pool = pool
    this.#signal = signal
    this.#abort = addAbortListener(signal, () => this.#opened?.[Symbol.dispose]())
  }

  /** The connection, if it is open already. */
  get opened(): Connection | undefined {
    return this.#opened?.usable ? this.#opened : undefined
  }

  /** Returns the same connection to every caller, and a new one once it is lost. */
  async get(): Promise<Connection> {
    for (;;) {
      this.#borrowing ??= unlessAborted(this.#pool.borrow(), this.#signal)
      const borrowing = this.#borrowing
      const borrowed = await borrowing.catch((error: unknown) => {
        this.#forget(borrowing)
        throw error
      })
      this.#opened = borrowed.connection
      if (borrowed.connection.usable) return borrowed.connection
      // Of the callers that waited, only the first returns the connection.
      if (this.#forget(borrowing)) borrowed[Symbol.dispose]()
    }
  }

  /** {@link get} as a loan; there is nothing to return. */
  async borrow(): Promise<Borrowed> {
    return { connection: await this.get(), [Symbol.dispose]: () => {} }
  }

  [Symbol.dispose](): void {
    this.#abort[Symbol.dispose]()
    this.#opened = undefined
    this.#borrowing?.then(
      (borrowed) => borrowed[Symbol.dispose](),
      () => {},
    )
    this.#borrowing = undefined
  }

  /** @returns false if another caller has already done so */
  #forget(borrowing: Promise<Borrowed>): boolean {
    if (this.#borrowing !== borrowing) return false
    this.#borrowing = undefined
    return true
  }
}
