import type { DatabaseSync, StatementSync } from 'node:sqlite'
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
import type { Writer } from './writer.ts'

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

export class SqliteSessions implements SessionRecords {
  readonly #writer: Writer
  readonly #hasPassword: StatementSync
  readonly #find: StatementSync
  readonly #list: StatementSync
  readonly #add: StatementSync
  readonly #trim: StatementSync
  readonly #use: StatementSync
  readonly #remove: StatementSync
  readonly #removeById: StatementSync
  readonly #forget: StatementSync

  constructor(database: DatabaseSync, writer: Writer) {
    this.#writer = writer
    this.#hasPassword = database.prepare('SELECT 1 FROM accounts WHERE name = ? AND salt = ?')
    this.#forget = database.prepare(
      'DELETE FROM sessions WHERE created <= ? - 1e6 * ? OR used <= ? - 1e6 * ?',
    )
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

  async begin(
    account: string,
    salt: Uint8Array,
    address: string,
    now = Date.now() * 1_000,
  ): Promise<string | undefined> {
    const cookie = newSecret('session')
    return await this.#writer.write(() => {
      if (this.#hasPassword.get(account, salt) === undefined) return undefined
      this.#add.run(hashOf(cookie), account, address, now, now)
      this.#trim.run(account)
      return cookie
    })
  }

  async find(cookie: string, now = Date.now() * 1_000): Promise<SessionRecord | undefined> {
    const row = this.#find.get({ hash: hashOf(cookie), now, session: SESSION_S, idle: IDLE_S })
    return row && parseSession(row)
  }

  async use(cookie: string, now = Date.now() * 1_000): Promise<void> {
    await this.#writer.write(() => this.#use.run(now, hashOf(cookie)))
  }

  async list(account: string, now = Date.now() * 1_000): Promise<SessionRecord[]> {
    return this.#list.all({ account, now, session: SESSION_S, idle: IDLE_S }).map(parseSession)
  }

  async end(cookie: string): Promise<void> {
    await this.#writer.write(() => this.#remove.run(hashOf(cookie)))
  }

  async endById(account: string, id: string): Promise<boolean> {
    return await this.#writer.write(() => this.#removeById.run(account, id).changes > 0)
  }

  async forget(now: number): Promise<void> {
    await this.#writer.write(() => this.#forget.run(now, SESSION_S, now, IDLE_S))
  }
}
