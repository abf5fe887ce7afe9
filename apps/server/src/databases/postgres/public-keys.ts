import { TransferError } from '@ftp/protocol'
import type { AuditEvent } from '../../state/audit-event.ts'
import type { PublicKey } from '../../state/public-key.ts'
import { MOST_KEYS, type PublicKeyRecord, type PublicKeys } from '../../state/public-keys.ts'
import { parseKey } from '../rows/public-keys.ts'
import { recordIn } from './audit.ts'
import { timeIn } from './clock.ts'
import { type PostgresDatabase, prepared } from './postgres-database.ts'

const FIND = prepared('SELECT * FROM public_keys WHERE account = $1 AND fingerprint = $2')
const LIST = prepared('SELECT * FROM public_keys WHERE account = $1 ORDER BY created, fingerprint')
const LIST_ALL = prepared('SELECT * FROM public_keys ORDER BY account, created, fingerprint')
const COUNT = prepared('SELECT count(*) AS others FROM public_keys WHERE account = $1')
const ADD = prepared(
  `INSERT INTO public_keys (account, fingerprint, type, blob, comment, created)
   VALUES ($1, $2, $3, $4, $5, ${timeIn('$6')}) ON CONFLICT DO NOTHING`,
)
const REMOVE = prepared('DELETE FROM public_keys WHERE account = $1 AND fingerprint = $2')

export class PostgresPublicKeys implements PublicKeys {
  readonly #database: PostgresDatabase

  constructor(database: PostgresDatabase) {
    this.#database = database
  }

  async add(account: string, key: PublicKey, event?: AuditEvent): Promise<void> {
    const { fingerprint, type, blob, comment } = key
    await this.#database.transaction(async (queries) => {
      const others = (await queries.run(COUNT, account)).rows[0]?.['others']
      const { count } = await queries.run(ADD, account, fingerprint, type, blob, comment, null)
      if (count === 0) throw new TransferError('exists', `${account} already has the key ${fingerprint}`)
      if (Number(others) >= MOST_KEYS)
        throw new TransferError('forbidden', `an account has at most ${MOST_KEYS} keys; remove one`)
      await recordIn(queries, event)
    })
  }

  async find(account: string, fingerprint: string): Promise<PublicKeyRecord | undefined> {
    const [row] = (await this.#database.run(FIND, account, fingerprint)).rows
    return row && parseKey(row)
  }

  async list(account?: string): Promise<PublicKeyRecord[]> {
    const found = await (account === undefined
      ? this.#database.run(LIST_ALL)
      : this.#database.run(LIST, account))
    return found.rows.map(parseKey)
  }

  async remove(account: string, fingerprint: string, event?: AuditEvent): Promise<void> {
    await this.#database.transaction(async (queries) => {
      const { count } = await queries.run(REMOVE, account, fingerprint)
      if (count === 0) throw new TransferError('not_found', `${account} has no key ${fingerprint}`)
      await recordIn(queries, event)
    })
  }
}
