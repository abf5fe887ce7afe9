import type { DatabaseSync } from 'node:sqlite'
import { BELOW, Quotas } from './quotas.ts'
import { exclusively } from './transaction.ts'

/* What happens to usage and reservations besides uploads: starts and stops, deaths, and what others did to the files. */

/**
 * To be called before any thread starts. Reservations of the last server are gone with its threads; did it crash, every
 * home is counted again.
 */
export function beginUsage(database: DatabaseSync): void {
  database.exec('PRAGMA synchronous = FULL')
  exclusively(database, () => {
    const clean = database.prepare('DELETE FROM clean_stop').run().changes > 0
    database.exec('DELETE FROM reservations WHERE thread IS NOT NULL')
    if (!clean) database.exec('UPDATE usage SET counted = 0')
  })
  database.exec('PRAGMA synchronous = NORMAL')
}

/** To be called when every thread has stopped by itself. */
export function endUsage(database: DatabaseSync): void {
  database.prepare('INSERT INTO clean_stop VALUES (?)').run(Date.now())
}

/** What is known of `home` is wrong: it is counted again, and what interrupted uploads have left is forgotten. */
export function rescan(database: DatabaseSync, home: string): void {
  exclusively(database, () => {
    new Quotas(database, 0).forget(home)
    database.prepare(`DELETE FROM reservations WHERE thread IS NULL AND ${BELOW}`).run({ home })
  })
}

/** Of what interrupted uploads have left only these partials, by their keys, are still there. */
export function forgetKept(database: DatabaseSync, keys: ReadonlySet<string>): void {
  database
    .prepare('DELETE FROM reservations WHERE thread IS NULL AND key NOT IN (SELECT value FROM json_each(?))')
    .run(JSON.stringify([...keys]))
}

/** A thread has died: what it had reserved is free, and what it was about to count is unknown. */
export function dropThread(database: DatabaseSync, thread: number): void {
  exclusively(database, () => {
    database.prepare('DELETE FROM reservations WHERE thread = ?').run(thread)
    database.exec('UPDATE usage SET counted = 0')
  })
}
