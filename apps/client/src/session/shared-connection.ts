import { addAbortListener } from 'node:events'
import type { Connection } from '../connection/connection.ts'
import type { Borrowed, ConnectionPool } from './connection-pool.ts'

/** A connection that several actions use at once, so that requests need not wait for the replies before them. */
export class SharedConnection implements Disposable {
  readonly #pool: ConnectionPool
  readonly #abort: Disposable
  #borrowing: Promise<Borrowed> | undefined
  #opened: Connection | undefined

  /** @param signal its abort closes the connection, and with it what is being answered */
  constructor(pool: ConnectionPool, signal: AbortSignal) {
    this.#pool = pool
    this.#abort = addAbortListener(signal, () => this.#opened?.[Symbol.dispose]())
  }

  /** The connection, if nobody has to wait for it. */
  get opened(): Connection | undefined {
    return this.#opened?.usable ? this.#opened : undefined
  }

  /** The same connection for everybody, and a new one when it is lost. */
  async get(): Promise<Connection> {
    for (;;) {
      this.#borrowing ??= this.#pool.borrow()
      const borrowing = this.#borrowing
      const borrowed = await borrowing.catch((error: unknown) => {
        this.#forget(borrowing)
        throw error
      })
      this.#opened = borrowed.connection
      if (borrowed.connection.usable) return borrowed.connection
      // Only the first of those who waited gives it back.
      if (this.#forget(borrowing)) borrowed[Symbol.dispose]()
    }
  }

  /** {@link get}, with nothing to give back. */
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

  /** @returns whether nobody else has done so */
  #forget(borrowing: Promise<Borrowed>): boolean {
    if (this.#borrowing !== borrowing) return false
    this.#borrowing = undefined
    return true
  }
}
