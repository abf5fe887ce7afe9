import type { DatabaseSync, StatementSync } from 'node:sqlite'
import { PERMISSIONS, TransferError } from '@ftp/protocol'
import * as v from 'valibot'
import { hashOf, newSecret } from '../../state/secret.ts'
import type { NewToken, TokenRecord } from '../../state/tokens.ts'
import { durably, exclusively } from './transaction.ts'

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

/** The maximum number of tokens of one account. */
const MOST_TOKENS = 100

/** How long after a recorded use further uses are not recorded, in microseconds. */
const USED_WITHIN = 60_000_000

const optional = v.pipe(
  v.nullable(v.number()),
  v.transform((value) => value ?? undefined),
)
const schema = v.object({
  account: v.string(),
  name: v.string(),
  permissions: v.pipe(
    v.nullable(v.pipe(v.string(), v.parseJson(), v.array(v.picklist(PERMISSIONS)))),
    v.transform((permissions) => permissions ?? undefined),
  ),
  created: v.number(),
  expires: optional,
  used: optional,
})

/** The tokens that programs use to log in to an account, instead of its password. */
export class Tokens {
  readonly #database: DatabaseSync
  readonly #find: StatementSync
  readonly #use: StatementSync
  readonly #list: StatementSync
  readonly #add: StatementSync
  readonly #remove: StatementSync

  constructor(database: DatabaseSync) {
    this.#database = database
    this.#find = database.prepare('SELECT * FROM tokens WHERE hash = ?')
    this.#use = database.prepare('UPDATE tokens SET used = ? WHERE hash = ?')
    this.#list = database.prepare('SELECT * FROM tokens WHERE account = ? ORDER BY name')
    this.#add = database.prepare(
      'INSERT INTO tokens (hash, account, name, permissions, created, expires) VALUES (?, ?, ?, ?, ?, ?)',
    )
    this.#remove = database.prepare('DELETE FROM tokens WHERE account = ? AND name = ?')
  }

  /**
   * Makes a token.
   * @returns the token itself, which cannot be shown again
   * @throws TransferError `exists` if the account has one with this name; `forbidden` if it has too many
   */
  add({ account, name, permissions, expires }: NewToken): string {
    const token = newSecret('token')
    const rights = permissions === undefined ? null : JSON.stringify(permissions)
    durably(this.#database, () =>
      exclusively(this.#database, () => {
        const others = this.list(account)
        if (others.some((other) => other.name === name))
          throw new TransferError('exists', `there already is a token "${name}"`)
        if (others.length >= MOST_TOKENS)
          throw new TransferError('forbidden', `an account has at most ${MOST_TOKENS} tokens; remove one`)
        this.#add.run(hashOf(token), account, name, rights, Date.now() * 1_000, expires ?? null)
      }),
    )
    return token
  }

  /** The record of a token; undefined if there is none, or it has expired. */
  find(token: string, now = Date.now() * 1_000): TokenRecord | undefined {
    const row = this.#find.get(hashOf(token))
    if (row === undefined) return undefined
    const record = parse(row)
    return record.expires !== undefined && record.expires <= now ? undefined : record
  }

  /** Records that a token is being used, unless that has been recorded within the last minute. */
  use(token: string, { used = 0 }: TokenRecord, now = Date.now() * 1_000): void {
    if (now - used >= USED_WITHIN) this.#use.run(now, hashOf(token))
  }

  /** The tokens of an account, including those that have expired. */
  list(account: string): TokenRecord[] {
    return this.#list.all(account).map(parse)
  }

  /** @throws TransferError `not_found` */
  remove(account: string, name: string): void {
    const { changes } = durably(this.#database, () => this.#remove.run(account, name))
    if (changes === 0) throw new TransferError('not_found', `there is no token "${name}"`)
  }
}

function parse(row: unknown): TokenRecord {
  const result = v.safeParse(schema, row)
  if (!result.success)
    throw new TransferError('io', "the server's tokens are damaged; restore its state from a backup")
  return result.output
}
