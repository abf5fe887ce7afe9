import type { DatabaseSync, StatementSync } from 'node:sqlite'
import { type ScramVerifier, TransferError } from '@ftp/protocol'
import type { AccountRecord, Accounts, StoredVerifier } from '../../state/accounts.ts'
import type { AuditEvent } from '../../state/audit-event.ts'
import { accountColumns, damaged, parseAccount, parseVerifier } from '../rows/accounts.ts'
import { disownUploads } from './uploads.ts'
import type { Writer } from './writer.ts'

/**
 * From `secret`, the server derives the verifiers of unknown users, so that these never change (see
 * share/logins.ts).
 */
export const ACCOUNTS_TABLES = `
  CREATE TABLE accounts (
    name TEXT PRIMARY KEY,          -- folded
    salt BLOB NOT NULL,             -- SCRAM-SHA-256 (RFC 5802, section 9), new with every password
    iterations INTEGER NOT NULL,
    stored_key BLOB NOT NULL,
    server_key BLOB NOT NULL,
    home TEXT NOT NULL,             -- path from the root; empty for all of it
    permissions TEXT NOT NULL,      -- JSON array
    quota_bytes INTEGER,            -- null for no limit
    quota_files INTEGER,
    enabled INTEGER NOT NULL,
    created INTEGER NOT NULL        -- microseconds since 1970-01-01 UTC
  ) STRICT, WITHOUT ROWID;
  CREATE TABLE login_secret (secret BLOB NOT NULL) STRICT;
  INSERT INTO login_secret VALUES (randomblob(32));
`

/** The generation of an account changes with every change to the account, whoever makes it, so that caches notice. */
export const ACCOUNT_DOORS = `
  ALTER TABLE accounts ADD COLUMN doors TEXT;         -- JSON array; null for all doors
  ALTER TABLE accounts ADD COLUMN generation BLOB NOT NULL DEFAULT x'';
  UPDATE accounts SET generation = randomblob(16);
  CREATE TRIGGER account_added AFTER INSERT ON accounts BEGIN
    UPDATE accounts SET generation = randomblob(16) WHERE name = NEW.name;
  END;
  CREATE TRIGGER account_changed AFTER UPDATE ON accounts WHEN NEW.generation IS OLD.generation BEGIN
    UPDATE accounts SET generation = randomblob(16) WHERE name = NEW.name;
  END;
`

/** Whether the account may log in by FTP without encryption, where anyone can read its password. */
export const ACCOUNT_CLEAR_FTP = 'ALTER TABLE accounts ADD COLUMN clear_ftp INTEGER NOT NULL DEFAULT 0;'

type EventOf = (account: AccountRecord) => AuditEvent

export class SqliteAccounts implements Accounts {
  readonly #database: DatabaseSync
  readonly #writer: Writer
  readonly #find: StatementSync
  readonly #list: StatementSync
  readonly #verifier: StatementSync
  readonly #add: StatementSync
  readonly #set: StatementSync
  readonly #setVerifier: StatementSync
  readonly #remove: StatementSync
  readonly #secret: StatementSync

  constructor(database: DatabaseSync, writer: Writer) {
    this.#database = database
    this.#writer = writer
    this.#find = database.prepare('SELECT * FROM accounts WHERE name = ?')
    this.#list = database.prepare('SELECT * FROM accounts ORDER BY name')
    // The query returns a row in any case, so that a search for a missing account takes as long as for an
    // existing one.
    this.#verifier = database.prepare(
      `SELECT 1 AS known, generation, salt, iterations, stored_key, server_key FROM accounts WHERE name = ?
        UNION ALL SELECT 0, x'', zeroblob(16), 0, zeroblob(32), zeroblob(32)`,
    )
    this.#add = database.prepare(
      `INSERT INTO accounts (name, salt, iterations, stored_key, server_key, home, permissions,
        quota_bytes, quota_files, rate, doors, enabled, clear_ftp, created)
        VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`,
    )
    this.#set = database.prepare(
      `UPDATE accounts SET salt = ?, iterations = ?, stored_key = ?, server_key = ?, home = ?, permissions = ?,
        quota_bytes = ?, quota_files = ?, rate = ?, doors = ?, enabled = ?, clear_ftp = ? WHERE name = ?`,
    )
    this.#setVerifier = database.prepare(
      'UPDATE accounts SET salt = ?, iterations = ?, stored_key = ?, server_key = ? WHERE name = ?',
    )
    this.#remove = database.prepare('DELETE FROM accounts WHERE name = ?')
    this.#secret = database.prepare('SELECT secret FROM login_secret')
  }

  async find(name: string): Promise<AccountRecord | undefined> {
    return this.#row(name)
  }

  async verifierOf(name: string): Promise<StoredVerifier | undefined> {
    return parseVerifier(this.#verifier.get(name))
  }

  async list(): Promise<AccountRecord[]> {
    return this.#list.all().map(parseAccount)
  }

  async add(account: AccountRecord, event?: AuditEvent): Promise<void> {
    const action = (): void => {
      if (this.#find.get(account.name) !== undefined)
        throw new TransferError('exists', `the account ${account.name} already exists`)
      this.#add.run(account.name, ...columnsOf(account), account.created)
    }
    await this.#writer.writeDurably(action, () => event)
  }

  async change(
    name: string,
    change: (before: AccountRecord) => AccountRecord,
    eventOf?: EventOf,
  ): Promise<AccountRecord | undefined> {
    const action = (): AccountRecord | undefined => {
      const before = this.#row(name)
      const after = before && change(before)
      if (after !== undefined) this.#set.run(...columnsOf(after), name)
      return after
    }
    return await this.#writer.writeDurably(action, (after) => after && eventOf?.(after))
  }

  async setVerifier(name: string, { salt, iterations, storedKey, serverKey }: ScramVerifier): Promise<void> {
    await this.#writer.writeDurably(() => this.#setVerifier.run(salt, iterations, storedKey, serverKey, name))
  }

  async remove(name: string, eventOf?: EventOf): Promise<AccountRecord | undefined> {
    const action = (): AccountRecord | undefined => {
      const account = this.#row(name)
      this.#remove.run(name)
      disownUploads(this.#database, name)
      return account
    }
    return await this.#writer.writeDurably(action, (account) => account && eventOf?.(account))
  }

  async secret(): Promise<Uint8Array> {
    const secret = this.#secret.get()?.secret
    if (!(secret instanceof Uint8Array)) throw damaged()
    return secret
  }

  #row(name: string): AccountRecord | undefined {
    const row = this.#find.get(name)
    return row && parseAccount(row)
  }
}

function columnsOf(account: AccountRecord) {
  return accountColumns(account).map((value) => (typeof value === 'boolean' ? Number(value) : value))
}
