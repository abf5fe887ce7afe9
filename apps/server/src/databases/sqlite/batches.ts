import type { SQLInputValue, StatementSync } from 'node:sqlite'
import { setTimeout as delay } from 'node:timers/promises'

/** The maximum number of rows that one transaction removes, because every other writer waits for it. */
const BATCH = 1_000
/** The pause between two transactions, for other writers, in milliseconds. */
const REST_MS = 10

/**
 * Removes any number of rows, in batches.
 * @param statement removes at most as many rows as its last parameter says
 */
export async function deleteInBatches(
  statement: StatementSync,
  ...values: readonly SQLInputValue[]
): Promise<void> {
  while (Number(statement.run(...values, BATCH).changes) === BATCH) await delay(REST_MS)
}

/**
 * Removes the rows of these keys, in batches.
 * @param remove removes the rows of some keys in one transaction
 */
export async function inBatches<Key>(
  keys: readonly Key[],
  remove: (batch: readonly Key[]) => void,
): Promise<void> {
  for (let at = 0; at < keys.length; at += BATCH) {
    if (at > 0) await delay(REST_MS)
    remove(keys.slice(at, at + BATCH))
  }
}
