import type { DatabaseSync } from 'node:sqlite'
import { exclusively } from './transaction.ts'

/** Has a row once a server has looked at its clock. */
export const BELIEVED_CLOCK_TABLE = `
  CREATE TABLE believed_clock (time INTEGER NOT NULL) STRICT;   -- when it was last believed, milliseconds since 1970
`

/** A server may have been off for as long as over a weekend; what is ahead by more is perhaps a wrong clock. */
const USUAL_MS = 3 * 86_400_000

/**
 * Whether things may be removed because they are old by this clock: a clock that is wrong once, after a dead battery
 * say, must not destroy what is not old. One that has jumped is believed when the server has run with it for a day.
 * @param now milliseconds since 1970
 * @param hasRunADay whether it has
 */
export function isClockBelieved(database: DatabaseSync, now: number, hasRunADay: boolean): boolean {
  const last =
    database.prepare('SELECT time FROM believed_clock').get()?.time ??
    database.prepare('SELECT max(time) AS time FROM audit').get()?.time
  const isNew = last === undefined || last === null
  if (!isNew && !hasRunADay && now > Number(last) + USUAL_MS) return false
  exclusively(database, () => {
    database.exec('DELETE FROM believed_clock')
    database.prepare('INSERT INTO believed_clock VALUES (?)').run(now)
  })
  return true
}
