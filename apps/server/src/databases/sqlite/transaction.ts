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

/**
 * Runs a write that a power loss must not undo.
 * @param action one statement or one transaction; inside another transaction, that one decides
 */
export function durably<T>(database: DatabaseSync, action: () => T): T {
  if (database.isTransaction) return action()
  const before = Number(database.prepare('PRAGMA synchronous').get()?.synchronous)
  database.exec('PRAGMA synchronous = FULL')
  try {
    return action()
  } finally {
    database.exec(`PRAGMA synchronous = ${before}`)
  }
}
