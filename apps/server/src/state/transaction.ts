import type { DatabaseSync } from 'node:sqlite'

/**
 * Runs `action` in a write transaction: no other thread's and no other process's runs meanwhile, it is released if
 * this thread dies, and undone if the action throws.
 */
export function exclusively<T>(database: DatabaseSync, action: () => T): T {
  database.exec('BEGIN IMMEDIATE')
  try {
    const result = action()
    database.exec('COMMIT')
    return result
  } catch (error) {
    if (database.isTransaction) database.exec('ROLLBACK')
    throw error
  }
}
