import type { DatabaseSync } from 'node:sqlite'
import { setTimeout as delay } from 'node:timers/promises'
import { StateError } from './state-database.ts'

/** How long somebody may keep others from writing before they are refused, in milliseconds. */
const PATIENCE_MS = 10_000
const LONGEST_REST_MS = 50

/**
 * Waits, while others of this thread go on, until the state can be written to. To be awaited by whoever is about to: SQLite
 * itself waits with the whole thread, which is right for the moment that a transaction of this server takes, but not for a
 * backup or a command that holds the lock for seconds.
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
