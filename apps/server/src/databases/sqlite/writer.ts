import type { DatabaseSync } from 'node:sqlite'
import type { AuditEvent } from '../../state/audit-event.ts'
import { recordNow } from './audit.ts'
import { durably, exclusively } from './transaction.ts'

/** Runs the short transactions that change what the server knows. */
export class Writer {
  readonly #database: DatabaseSync
  readonly #writable: () => Promise<void>

  /** @param writable waits until another process has ended its transaction. Default: SQLite blocks this thread */
  constructor(database: DatabaseSync, writable: () => Promise<void> = async () => {}) {
    this.#database = database
    this.#writable = writable
  }

  /** Runs a transaction of which a power loss may undo the latest. */
  async write<T>(action: () => T): Promise<T> {
    await this.#writable()
    return exclusively(this.#database, action)
  }

  /**
   * Runs a transaction that a power loss must not undo.
   * @param eventOf makes the event that is recorded in it
   */
  async writeDurably<T>(action: () => T, eventOf?: (result: T) => AuditEvent | undefined): Promise<T> {
    await this.#writable()
    return durably(this.#database, () =>
      exclusively(this.#database, () => {
        const result = action()
        const event = eventOf?.(result)
        if (event !== undefined) recordNow(this.#database, event)
        return result
      }),
    )
  }
}
