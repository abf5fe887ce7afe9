import type { DatabaseSync } from 'node:sqlite'

const WHOLE = { begin: 'BEGIN IMMEDIATE', end: 'COMMIT', undo: 'ROLLBACK' }
const PART = { begin: 'SAVEPOINT part', end: 'RELEASE part', undo: 'ROLLBACK TO part; RELEASE part' }

/**
 * Runs `action` in a write transaction. No other thread and no other process can write meanwhile. The
 * transaction is undone if the action throws, and released if this thread dies. Inside another transaction,
 * it is a part that is undone alone.
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
