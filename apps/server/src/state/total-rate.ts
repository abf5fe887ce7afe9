import type { DatabaseSync } from 'node:sqlite'

/** Has a row while the server in all is limited. */
export const RATE_TABLES = `
  CREATE TABLE total_rate (bytes INTEGER NOT NULL) STRICT;   -- a second
  ALTER TABLE accounts ADD COLUMN rate INTEGER;              -- bytes a second; null for no limit
`

/** How often the main thread looks whether it has been changed, in milliseconds. */
const LOOK_EVERY_MS = 500

/** How many bytes a second the server moves at most; undefined for no limit. */
export function totalRate(database: DatabaseSync): number | undefined {
  const row = database.prepare('SELECT bytes FROM total_rate').get()
  return row && Number(row.bytes)
}

/** Sets it; to be called in a transaction. */
export function setTotalRate(database: DatabaseSync, rate: number | undefined): void {
  database.exec('DELETE FROM total_rate')
  if (rate !== undefined) database.prepare('INSERT INTO total_rate VALUES (?)').run(rate)
}

/** Tells the rate, now and whenever it may have been changed. Disposing of it ends that. */
export function watchTotalRate(database: DatabaseSync, tell: (rate: number | undefined) => void): Disposable {
  const select = database.prepare('SELECT bytes FROM total_rate')
  const look = (): void => {
    const row = select.get()
    tell(row && Number(row.bytes))
  }
  look()
  const timer = setInterval(look, LOOK_EVERY_MS).unref()
  return { [Symbol.dispose]: () => clearInterval(timer) }
}
