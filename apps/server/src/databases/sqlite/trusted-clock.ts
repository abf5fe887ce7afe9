import type { DatabaseSync } from 'node:sqlite'
import { exclusively } from './transaction.ts'

/** Has a row once a server has checked its clock. */
export const BELIEVED_CLOCK_TABLE = `
  CREATE TABLE believed_clock (time INTEGER NOT NULL) STRICT;   -- when it was last believed, milliseconds since 1970
`

/** A server may well be off over a weekend. A clock that is ahead by more than this may be wrong. */
const USUAL_MS = 3 * 86_400_000

/**
 * Whether the clock may be used to remove old things: if it is wrong once, for example after a battery has
 * died, things that are not old must not be lost. A clock that has jumped is trusted after the server has run
 * with it for a day.
 * @param now milliseconds since 1970
 * @param hasRunADay whether the server has run for a day
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
