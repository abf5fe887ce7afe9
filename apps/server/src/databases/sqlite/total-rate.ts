import type { DatabaseSync } from 'node:sqlite'

/** Has a row if the server's total rate is limited. */
export const RATE_TABLES = `
  CREATE TABLE total_rate (bytes INTEGER NOT NULL) STRICT;   -- a second
  ALTER TABLE accounts ADD COLUMN rate INTEGER;              -- bytes a second; null for no limit
`

/** The server's total rate limit in bytes per second; undefined for no limit. */
export function totalRate(database: DatabaseSync): number | undefined {
  const row = database.prepare('SELECT bytes FROM total_rate').get()
  return row && Number(row.bytes)
}

/** Sets the total rate limit in bytes per second; undefined for no limit. Call this in a transaction. */
export function setTotalRate(database: DatabaseSync, rate: number | undefined): void {
  database.exec('DELETE FROM total_rate')
  if (rate !== undefined) database.prepare('INSERT INTO total_rate VALUES (?)').run(rate)
}
