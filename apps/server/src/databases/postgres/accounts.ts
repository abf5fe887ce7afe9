import { type ScramVerifier, TransferError } from '@ftp/protocol'
import type { AccountRecord, Accounts, StoredVerifier } from '../../state/accounts.ts'
import type { AuditEvent } from '../../state/audit-event.ts'
import { accountColumns, damaged, parseAccount, parseVerifier } from '../rows/accounts.ts'
import { recordIn } from './audit.ts'
import { type PostgresDatabase, prepared, type Queries } from './postgres-database.ts'

const FIND = prepared('SELECT * FROM accounts WHERE name = $1')
const LIST = prepared('SELECT * FROM accounts ORDER BY name')
// There is a row in any case, so that a search for a missing account takes as long as for an existing one.
const VERIFIER = prepared(
  `SELECT name IS NOT NULL AS known, coalesce(generation, '') AS generation,
     coalesce(salt, decode(repeat('00', 16), 'hex')) AS salt, coalesce(iterations, 0) AS iterations,
     coalesce(stored_key, decode(repeat('00', 32), 'hex')) AS stored_key,
     coalesce(server_key, decode(repeat('00', 32), 'hex')) AS server_key
   FROM (SELECT) AS one LEFT JOIN accounts ON name = $1`,
)
const ADD = prepared(
  `INSERT INTO accounts (name, salt, iterations, stored_key, server_key, home, permissions,
     quota_bytes, quota_files, rate, doors, enabled, clear_ftp, created)
   VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14) ON CONFLICT DO NOTHING`,
)
const SET = prepared(
  `UPDATE accounts SET salt = $2, iterations = $3, stored_key = $4, server_key = $5, home = $6, permissions = $7,
     quota_bytes = $8, quota_files = $9, rate = $10, doors = $11, enabled = $12, clear_ftp = $13 WHERE name = $1`,
)
const SET_VERIFIER = prepared(
  'UPDATE accounts SET salt = $2, iterations = $3, stored_key = $4, server_key = $5 WHERE name = $1',
)
const REMOVE = prepared('DELETE FROM accounts WHERE name = $1 RETURNING *')
const SECRET = prepared('SELECT secret FROM login_secret')

type EventOf = (account: AccountRecord) => AuditEvent

export class PostgresAccounts implements Accounts {
  readonly #database: PostgresDatabase

  constructor(database: PostgresDatabase) {
    this.#database = database
  }

  async find(name: string): Promise<AccountRecord | undefined> {
    return await findIn(this.#database, name)
  }

  async verifierOf(name: string): Promise<StoredVerifier | undefined> {
    return parseVerifier((await this.#database.run(VERIFIER, name)).rows[0])
  }

  async list(): Promise<AccountRecord[]> {
    return (await this.#database.run(LIST)).rows.map(parseAccount)
  }

  async add(account: AccountRecord, event?: AuditEvent): Promise<void> {
    await this.#database.transaction(async (queries) => {
      const { count } = await queries.run(ADD, account.name, ...accountColumns(account), account.created)
      if (count === 0) throw new TransferError('exists', `the account ${account.name} already exists`)
      await recordIn(queries, event)
    })
  }

  async change(
    name: string,
    change: (before: AccountRecord) => AccountRecord,
    eventOf?: EventOf,
  ): Promise<AccountRecord | undefined> {
    return await this.#database.transaction(async (queries) => {
      const before = await findIn(queries, name)
      if (before === undefined) return undefined
      const after = change(before)
      await queries.run(SET, name, ...accountColumns(after))
      await recordIn(queries, eventOf?.(after))
      return after
    })
  }

  async setVerifier(name: string, { salt, iterations, storedKey, serverKey }: ScramVerifier): Promise<void> {
    await this.#database.run(SET_VERIFIER, name, salt, iterations, storedKey, serverKey)
  }

  async remove(name: string, eventOf?: EventOf): Promise<AccountRecord | undefined> {
    return await this.#database.transaction(async (queries) => {
      const [row] = (await queries.run(REMOVE, name)).rows
      const account = row && parseAccount(row)
      await recordIn(queries, account && eventOf?.(account))
      return account
    })
  }

  async secret(): Promise<Uint8Array> {
    const secret = (await this.#database.run(SECRET)).rows[0]?.['secret']
    if (!(secret instanceof Uint8Array)) throw damaged()
    return secret
  }
}

async function findIn(queries: Queries, name: string): Promise<AccountRecord | undefined> {
  const [row] = (await queries.run(FIND, name)).rows
  return row && parseAccount(row)
}
