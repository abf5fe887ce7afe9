import type { DatabaseSync } from 'node:sqlite'
import { exclusively } from './transaction.ts'

/* Events that affect the usage of homes, apart from uploads: starts, stops, and the deaths of threads. */

/** Call this before any thread starts. If the previous server crashed, every home is counted again. */
export function beginUsage(database: DatabaseSync): void {
  database.exec('PRAGMA synchronous = FULL')
  exclusively(database, () => {
    const clean = database.prepare('DELETE FROM clean_stop').run().changes > 0
    if (!clean) forgetUsage(database)
  })
  database.exec('PRAGMA synchronous = NORMAL')
}

/** Call this when every thread has ended normally. */
export function endUsage(database: DatabaseSync): void {
  database.prepare('INSERT INTO clean_stop VALUES (?)').run(Date.now())
}

/** Call this when a thread has died, because changes that it had not counted yet are unknown. */
export function forgetUsage(database: DatabaseSync): void {
  database.exec('UPDATE usage SET counted = 0, changes = changes + 1')
}
