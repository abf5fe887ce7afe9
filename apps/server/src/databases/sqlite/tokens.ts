import type { DatabaseSync, StatementSync } from 'node:sqlite'
import { TransferError } from '@ftp/protocol'
import type { AuditEvent } from '../../state/audit-event.ts'
import { hashOf, newSecret } from '../../state/secret.ts'
import {
  isTokenStale,
  MOST_TOKENS,
  type NewToken,
  type TokenRecord,
  type Tokens,
} from '../../state/tokens.ts'
import { parseToken, validToken } from '../rows/tokens.ts'
import type { Writer } from './writer.ts'

/** The tokens of an account are removed with it. */
export const TOKENS_TABLE = `
  CREATE TABLE tokens (
    hash BLOB PRIMARY KEY,        -- SHA-256 of the token
    account TEXT NOT NULL REFERENCES accounts (name) ON DELETE CASCADE,
    name TEXT NOT NULL,           -- chosen by the user
    permissions TEXT,             -- JSON array; null for all that the account has
    created INTEGER NOT NULL,     -- microseconds since 1970-01-01 UTC
    expires INTEGER,              -- the same; null for never
    used INTEGER,                 -- the last use, to the minute; null if there was none
    UNIQUE (account, name)
  ) STRICT, WITHOUT ROWID;
`

export class SqliteTokens implements Tokens {
  readonly #writer: Writer
  readonly #find: StatementSync
  readonly #use: StatementSync
  readonly #list: StatementSync
  readonly #add: StatementSync
  readonly #remove: StatementSync

  constructor(database: DatabaseSync, writer: Writer) {
    this.#writer = writer
    this.#find = database.prepare('SELECT * FROM tokens WHERE hash = ?')
    this.#use = database.prepare('UPDATE tokens SET used = ? WHERE hash = ?')
    this.#list = database.prepare(
      'SELECT * FROM tokens WHERE account = :account OR :account IS NULL ORDER BY account, name',
    )
    this.#add = database.prepare(
      'INSERT INTO tokens (hash, account, name, permissions, created, expires) VALUES (?, ?, ?, ?, ?, ?)',
    )
    this.#remove = database.prepare('DELETE FROM tokens WHERE account = ? AND name = ?')
  }

  async add({ account, name, permissions, expires }: NewToken, event?: AuditEvent): Promise<string> {
    const token = newSecret('token')
    const rights = permissions === undefined ? null : JSON.stringify(permissions)
    const action = (): void => {
      const others = this.#list.all({ account })
      if (others.some((other) => other.name === name))
        throw new TransferError('exists', `there already is a token "${name}"`)
      if (others.length >= MOST_TOKENS)
        throw new TransferError('forbidden', `an account has at most ${MOST_TOKENS} tokens; remove one`)
      this.#add.run(hashOf(token), account, name, rights, Date.now() * 1_000, expires ?? null)
    }
    await this.#writer.writeDurably(action, () => event)
    return token
  }

  async find(token: string, now = Date.now() * 1_000): Promise<TokenRecord | undefined> {
    const row = this.#find.get(hashOf(token))
    return row && validToken(row, now)
  }

  async use(token: string, record: TokenRecord, now = Date.now() * 1_000): Promise<void> {
    if (isTokenStale(record, now)) await this.#writer.write(() => this.#use.run(now, hashOf(token)))
  }

  async list(account?: string): Promise<TokenRecord[]> {
    return this.#list.all({ account: account ?? null }).map(parseToken)
  }

  async remove(account: string, name: string, event?: AuditEvent): Promise<void> {
    const action = (): void => {
      if (this.#remove.run(account, name).changes === 0)
        throw new TransferError('not_found', `there is no token "${name}"`)
    }
    await this.#writer.writeDurably(action, () => event)
  }
}
