import { TransferError } from '@ftp/protocol'
import type { AuditEvent } from '../../state/audit-event.ts'
import { hashOf, newSecret } from '../../state/secret.ts'
import { MOST_TOKENS, type NewToken, type TokenRecord, type Tokens, USED_WITHIN } from '../../state/tokens.ts'
import { parseToken } from '../rows/tokens.ts'
import { recordIn } from './audit.ts'
import { timeIn } from './clock.ts'
import { type PostgresDatabase, prepared } from './postgres-database.ts'

const FIND = prepared(
  `SELECT * FROM tokens WHERE hash = $1 AND (expires IS NULL OR expires > ${timeIn('$2')})`,
)
const USE = prepared(
  `UPDATE tokens SET used = ${timeIn('$2')}
   WHERE hash = $1 AND (used IS NULL OR used <= ${timeIn('$2')} - ${USED_WITHIN})`,
)
const LIST = prepared('SELECT * FROM tokens WHERE account = $1 ORDER BY name')
const LIST_ALL = prepared('SELECT * FROM tokens ORDER BY account, name')
const COUNT = prepared('SELECT count(*) AS others FROM tokens WHERE account = $1')
const ADD = prepared(
  `INSERT INTO tokens (hash, account, name, permissions, created, expires)
   VALUES ($1, $2, $3, $4, ${timeIn('$5')}, $6) ON CONFLICT (account, name) DO NOTHING`,
)
const REMOVE = prepared('DELETE FROM tokens WHERE account = $1 AND name = $2')

export class PostgresTokens implements Tokens {
  readonly #database: PostgresDatabase

  constructor(database: PostgresDatabase) {
    this.#database = database
  }

  async add({ account, name, permissions, expires }: NewToken, event?: AuditEvent): Promise<string> {
    const token = newSecret('token')
    const rights = permissions === undefined ? null : JSON.stringify(permissions)
    await this.#database.transaction(async (queries) => {
      const others = (await queries.run(COUNT, account)).rows[0]?.['others']
      const { count } = await queries.run(ADD, hashOf(token), account, name, rights, null, expires ?? null)
      if (count === 0) throw new TransferError('exists', `there already is a token "${name}"`)
      if (Number(others) >= MOST_TOKENS)
        throw new TransferError('forbidden', `an account has at most ${MOST_TOKENS} tokens; remove one`)
      await recordIn(queries, event)
    })
    return token
  }

  async find(token: string, now?: number): Promise<TokenRecord | undefined> {
    const [row] = (await this.#database.run(FIND, hashOf(token), now ?? null)).rows
    return row && parseToken(row)
  }

  async use(token: string, _: TokenRecord, now?: number): Promise<void> {
    await this.#database.run(USE, hashOf(token), now ?? null)
  }

  async list(account?: string): Promise<TokenRecord[]> {
    const found = await (account === undefined
      ? this.#database.run(LIST_ALL)
      : this.#database.run(LIST, account))
    return found.rows.map(parseToken)
  }

  async remove(account: string, name: string, event?: AuditEvent): Promise<void> {
    await this.#database.transaction(async (queries) => {
      const { count } = await queries.run(REMOVE, account, name)
      if (count === 0) throw new TransferError('not_found', `there is no token "${name}"`)
      await recordIn(queries, event)
    })
  }
}
