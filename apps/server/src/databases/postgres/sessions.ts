import { hashOf, newSecret } from '../../state/secret.ts'
import {
  ID_BYTES,
  IDLE_S,
  MOST_SESSIONS,
  SESSION_S,
  type SessionRecord,
  type SessionRecords,
} from '../../state/sessions.ts'
import { parseSession } from '../rows/sessions.ts'
import { timeIn } from './clock.ts'
import { type PostgresDatabase, prepared } from './postgres-database.ts'

const IS_ALIVE = `created > ${timeIn('$2')} - ${SESSION_S}000000 AND used > ${timeIn('$2')} - ${IDLE_S}000000`
const FIND = prepared(`SELECT * FROM sessions WHERE hash = $1 AND ${IS_ALIVE}`)
const LIST = prepared(`SELECT * FROM sessions WHERE account = $1 AND ${IS_ALIVE} ORDER BY used DESC`)
/** The account keeps its password until the session is there: whoever changes it waits, and then ends the session. */
const ADD = prepared(
  `INSERT INTO sessions SELECT $1, name, $4, now.time, now.time
   FROM (SELECT name FROM accounts WHERE name = $2 AND salt = $3 FOR SHARE) AS account,
     (SELECT ${timeIn('$5')} AS time) AS now`,
)
const TRIM = prepared(
  `DELETE FROM sessions WHERE hash IN
     (SELECT hash FROM sessions WHERE account = $1 ORDER BY used DESC OFFSET ${MOST_SESSIONS})`,
)
const USE = prepared(`UPDATE sessions SET used = ${timeIn('$2')} WHERE hash = $1`)
const REMOVE = prepared('DELETE FROM sessions WHERE hash = $1')
const REMOVE_BY_ID = prepared(
  `DELETE FROM sessions WHERE account = $1 AND encode(substr(hash, 1, ${ID_BYTES}), 'hex') = $2`,
)
const FORGET = prepared(
  `DELETE FROM sessions WHERE created <= $1::bigint - ${SESSION_S}000000 OR used <= $1::bigint - ${IDLE_S}000000`,
)

export class PostgresSessions implements SessionRecords {
  readonly #database: PostgresDatabase

  constructor(database: PostgresDatabase) {
    this.#database = database
  }

  async begin(account: string, salt: Uint8Array, address: string, now?: number): Promise<string | undefined> {
    const cookie = newSecret('session')
    return await this.#database.lockedTransaction(async (queries) => {
      const { count } = await queries.run(ADD, hashOf(cookie), account, salt, address, now ?? null)
      if (count === 0) return undefined
      await queries.run(TRIM, account)
      return cookie
    })
  }

  async find(cookie: string, now?: number): Promise<SessionRecord | undefined> {
    const [row] = (await this.#database.run(FIND, hashOf(cookie), now ?? null)).rows
    return row && parseSession(row)
  }

  async use(cookie: string, now?: number): Promise<void> {
    await this.#database.run(USE, hashOf(cookie), now ?? null)
  }

  async list(account: string, now?: number): Promise<SessionRecord[]> {
    return (await this.#database.run(LIST, account, now ?? null)).rows.map(parseSession)
  }

  async end(cookie: string): Promise<void> {
    await this.#database.run(REMOVE, hashOf(cookie))
  }

  async endById(account: string, id: string): Promise<boolean> {
    return (await this.#database.run(REMOVE_BY_ID, account, id)).count > 0
  }

  async forget(now: number): Promise<void> {
    await this.#database.run(FORGET, now)
  }
}
