import type { DatabaseSync, StatementSync } from 'node:sqlite'
import { TransferError } from '@ftp/protocol'
import * as v from 'valibot'
import { hashOf, newSecret } from '../../state/secret.ts'
import {
  ID_BYTES,
  IDLE_S,
  idOf,
  MOST_SESSIONS,
  SESSION_S,
  type SessionRecord,
  USED_WITHIN,
} from '../../state/sessions.ts'
import { exclusively } from './transaction.ts'

/**
 * The sessions of an account end when it is removed or gets a new password: a trigger removes them, whichever
 * program makes the change.
 */
export const SESSIONS_TABLE = `
  CREATE TABLE sessions (
    hash BLOB PRIMARY KEY,        -- SHA-256 of the cookie
    account TEXT NOT NULL REFERENCES accounts (name) ON DELETE CASCADE,
    address TEXT NOT NULL,        -- of the login
    created INTEGER NOT NULL,     -- microseconds since 1970-01-01 UTC
    used INTEGER NOT NULL         -- the last use, to the minute
  ) STRICT, WITHOUT ROWID;
  CREATE INDEX sessions_account ON sessions (account, used);
  CREATE TRIGGER password_changed AFTER UPDATE ON accounts WHEN NEW.salt IS NOT OLD.salt BEGIN
    DELETE FROM sessions WHERE account = NEW.name;
  END;
`

const schema = v.pipe(
  v.object({
    hash: v.instance(Uint8Array),
    account: v.string(),
    address: v.string(),
    created: v.number(),
    used: v.number(),
  }),
  v.transform(({ hash, ...rest }) => ({ id: idOf(hash), ...rest })),
)

/** The browsers that are logged in. */
export class SessionRecords {
  readonly #database: DatabaseSync
  readonly #find: StatementSync
  readonly #list: StatementSync
  readonly #add: StatementSync
  readonly #trim: StatementSync
  readonly #use: StatementSync
  readonly #remove: StatementSync
  readonly #removeById: StatementSync

  constructor(database: DatabaseSync) {
    this.#database = database
    const isAlive = 'created > :now - 1e6 * :session AND used > :now - 1e6 * :idle'
    this.#find = database.prepare(`SELECT * FROM sessions WHERE hash = :hash AND ${isAlive}`)
    this.#list = database.prepare(
      `SELECT * FROM sessions WHERE account = :account AND ${isAlive} ORDER BY used DESC`,
    )
    this.#add = database.prepare('INSERT INTO sessions VALUES (?, ?, ?, ?, ?)')
    this.#trim = database.prepare(
      `DELETE FROM sessions WHERE hash IN
        (SELECT hash FROM sessions WHERE account = ? ORDER BY used DESC LIMIT -1 OFFSET ${MOST_SESSIONS})`,
    )
    this.#use = database.prepare('UPDATE sessions SET used = ? WHERE hash = ?')
    this.#remove = database.prepare('DELETE FROM sessions WHERE hash = ?')
    this.#removeById = database.prepare(
      `DELETE FROM sessions WHERE account = ? AND lower(hex(substr(hash, 1, ${ID_BYTES}))) = ?`,
    )
  }

  /**
   * Begins a session, if the account still has the password with this salt.
   * @returns the cookie; undefined if the account is gone or has another password
   */
  begin(account: string, salt: Uint8Array, address: string, now = Date.now() * 1_000): string | undefined {
    const cookie = newSecret('session')
    return exclusively(this.#database, () => {
      const found = this.#database.prepare('SELECT 1 FROM accounts WHERE name = ? AND salt = ?')
      if (found.get(account, salt) === undefined) return undefined
      this.#add.run(hashOf(cookie), account, address, now, now)
      this.#trim.run(account)
      return cookie
    })
  }

  /** The session of a cookie; undefined if it has ended. */
  find(cookie: string, now = Date.now() * 1_000): SessionRecord | undefined {
    const row = this.#find.get({ hash: hashOf(cookie), now, session: SESSION_S, idle: IDLE_S })
    return row && parse(row)
  }

  /** Whether {@link use} would record anything. */
  isStale({ used }: SessionRecord, now = Date.now() * 1_000): boolean {
    return now - used >= USED_WITHIN
  }

  /** Records that a session is being used. */
  use(cookie: string, now = Date.now() * 1_000): void {
    this.#use.run(now, hashOf(cookie))
  }

  /** The sessions of an account, the most recently used first. */
  list(account: string, now = Date.now() * 1_000): SessionRecord[] {
    return this.#list.all({ account, now, session: SESSION_S, idle: IDLE_S }).map(parse)
  }

  /** Ends a session, if there is one with this cookie. */
  end(cookie: string): void {
    this.#remove.run(hashOf(cookie))
  }

  /** Ends the session of an account with this id. @returns whether there was one */
  endById(account: string, id: string): boolean {
    return this.#removeById.run(account, id).changes > 0
  }

  /** Removes the sessions that had ended by themselves at this time. */
  forget(now: number): void {
    this.#database
      .prepare('DELETE FROM sessions WHERE created <= ? - 1e6 * ? OR used <= ? - 1e6 * ?')
      .run(now, SESSION_S, now, IDLE_S)
  }
}

function parse(row: unknown): SessionRecord {
  const result = v.safeParse(schema, row)
  if (!result.success)
    throw new TransferError('io', "the server's sessions are damaged; restore its state from a backup")
  return result.output
}
