import type { DatabaseSync } from 'node:sqlite'

const WHOLE = { begin: 'BEGIN IMMEDIATE', end: 'COMMIT', undo: 'ROLLBACK' }
const PART = { begin: 'SAVEPOINT part', end: 'RELEASE part', undo: 'ROLLBACK TO part; RELEASE part' }

/**
 * Runs `action` in a write transaction: no other thread's and no other process's runs meanwhile, it is released if
 * this thread dies, and undone if the action throws. Inside another one it is a part of that which is undone alone.
 */
export function exclusively<T>(database: DatabaseSync, action: () => T): T {
  const { begin, end, undo } = database.isTransaction ? PART : WHOLE
  database.exec(begin)
  try {
    const result = action()
    database.exec(end)
    return result
  } catch (error) {
    if (database.isTransaction) database.exec(undo)
    throw error
  }
}
