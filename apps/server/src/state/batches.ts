import type { SQLInputValue, StatementSync } from 'node:sqlite'
import { setTimeout as delay } from 'node:timers/promises'

/** Rows that one transaction removes: everybody who writes waits for it. */
const BATCH = 1_000
/** How long others get between two of them, in milliseconds. */
const REST_MS = 10

/**
 * Removes any number of rows.
 * @param statement removes some, at most as many as its last parameter says
 */
export async function deleteInBatches(
  statement: StatementSync,
  ...values: readonly SQLInputValue[]
): Promise<void> {
  while (Number(statement.run(...values, BATCH).changes) === BATCH) await delay(REST_MS)
}

/** Removes what belongs to these keys. @param remove removes what belongs to some, in one transaction */
export async function inBatches<Key>(
  keys: readonly Key[],
  remove: (batch: readonly Key[]) => void,
): Promise<void> {
  for (let at = 0; at < keys.length; at += BATCH) {
    if (at > 0) await delay(REST_MS)
    remove(keys.slice(at, at + BATCH))
  }
}
