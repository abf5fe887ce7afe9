import type { DatabaseSync } from 'node:sqlite'
import { exclusively } from './transaction.ts'

/* What happens to usage besides uploads: starts and stops, and the deaths of threads. */

/** To be called before any thread starts. If the last server crashed, every home is counted again. */
export function beginUsage(database: DatabaseSync): void {
  database.exec('PRAGMA synchronous = FULL')
  exclusively(database, () => {
    const clean = database.prepare('DELETE FROM clean_stop').run().changes > 0
    if (!clean) forgetUsage(database)
  })
  database.exec('PRAGMA synchronous = NORMAL')
}

/** To be called when every thread has stopped by itself. */
export function endUsage(database: DatabaseSync): void {
  database.prepare('INSERT INTO clean_stop VALUES (?)').run(Date.now())
}

/** To be called when a thread has died: what it was about to count is unknown. */
export function forgetUsage(database: DatabaseSync): void {
  database.exec('UPDATE usage SET counted = 0, changes = changes + 1')
}
