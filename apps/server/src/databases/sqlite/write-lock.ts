import type { DatabaseSync } from 'node:sqlite'
import { setTimeout as delay } from 'node:timers/promises'
import { StateError } from '../../state/state-error.ts'

/** How long a writer waits for others before it is refused, in milliseconds. */
const PATIENCE_MS = 10_000
const LONGEST_REST_MS = 50

/**
 * Waits until the state can be written to, while other work of this thread continues. Await this before
 * writing: SQLite itself blocks the whole thread while it waits. That is acceptable for a transaction of this
 * server, which takes a moment, but not if a backup or a command holds the lock for seconds.
 * @param database a connection that does not wait
 * @throws StateError `busy` after ten seconds
 */
export async function whenWritable(database: DatabaseSync): Promise<void> {
  const began = performance.now()
  for (let rest = 1; ; rest = Math.min(2 * rest, LONGEST_REST_MS)) {
    try {
      database.exec('BEGIN IMMEDIATE; ROLLBACK')
      return
    } catch (error) {
      const isBusy = error instanceof StateError && error.code === 'busy'
      if (!isBusy || performance.now() - began > PATIENCE_MS) throw error
    }
    await delay(rest)
  }
}
