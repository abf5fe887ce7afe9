import type { DatabaseSync, StatementSync } from 'node:sqlite'
import { formatPath, PERMISSIONS, parsePath, type ScramVerifier, TransferError } from '@ftp/protocol'
import * as v from 'valibot'
import type { AccountRecord, StoredVerifier } from '../../state/accounts.ts'
import { DOORS } from '../../state/door-name.ts'
import { durably } from './transaction.ts'

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

const bytes = v.instance(Uint8Array)
const limit = v.pipe(
  v.nullable(v.number()),
  v.transform((value) => value ?? undefined),
)
const verifierColumns = { salt: bytes, iterations: v.number(), stored_key: bytes, server_key: bytes }
const verifierSchema = v.object({ known: v.number(), generation: bytes, ...verifierColumns })
const schema = v.object({
  ...verifierColumns,
  name: v.string(),
  home: v.pipe(v.string(), v.transform(parsePath)),
  permissions: v.pipe(v.string(), v.parseJson(), v.array(v.picklist(PERMISSIONS))),
  quota_bytes: limit,
  quota_files: limit,
  rate: limit,
  doors: v.pipe(
    v.nullable(v.pipe(v.string(), v.parseJson(), v.array(v.picklist(DOORS)))),
    v.transform((doors) => doors ?? DOORS),
  ),
  enabled: v.number(),
  clear_ftp: v.number(),
  created: v.number(),
})

/** The accounts. A change takes effect with the next request of each client that is logged in. */
export class Accounts {
  readonly #database: DatabaseSync
  readonly #find: StatementSync
  readonly #list: StatementSync
  readonly #verifier: StatementSync
  readonly #add: StatementSync
  readonly #set: StatementSync
  readonly #setVerifier: StatementSync
  readonly #remove: StatementSync
  readonly #secret: StatementSync

  constructor(database: DatabaseSync) {
    this.#database = database
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

  find(name: string): AccountRecord | undefined {
    const row = this.#find.get(name)
    return row && parse(row)
  }

  /**
   * The verifier of an account's password. The time that this takes does not reveal whether the account
   * exists.
   */
  verifierOf(name: string): StoredVerifier | undefined {
    const result = v.safeParse(verifierSchema, this.#verifier.get(name))
    if (!result.success) throw damaged()
    const { known, generation, ...columns } = result.output
    const verifier = { ...toVerifier(columns), generation: Buffer.from(generation).toString('hex') }
    return known === 1 ? verifier : undefined
  }

  list(): AccountRecord[] {
    return this.#list.all().map(parse)
  }

  /** @throws TransferError `exists` */
  add(account: AccountRecord): void {
    if (this.#find.get(account.name) !== undefined)
      throw new TransferError('exists', `the account ${account.name} already exists`)
    this.#add.run(account.name, ...columnsOf(account), account.created)
  }

  /** Overwrites an existing account. */
  set(account: AccountRecord): void {
    this.#set.run(...columnsOf(account), account.name)
  }

  /**
   * Gives an account a new password. Unlike a digest, it cannot be computed again, so a power loss must not
   * undo it.
   */
  setVerifier(name: string, { salt, iterations, storedKey, serverKey }: ScramVerifier): void {
    durably(this.#database, () => this.#setVerifier.run(salt, iterations, storedKey, serverKey, name))
  }

  remove(name: string): void {
    this.#remove.run(name)
  }

  /** Random bytes that were created with the database. */
  get secret(): Uint8Array {
    const secret = this.#secret.get()?.secret
    if (!(secret instanceof Uint8Array)) throw new TransferError('io', "the server's state is damaged")
    return secret
  }
}

function columnsOf(account: AccountRecord) {
  const { verifier, home, permissions, quota, rate, doors, enabled, clearFtp } = account
  return [
    ...[verifier.salt, verifier.iterations, verifier.storedKey, verifier.serverKey],
    ...[formatPath(home), JSON.stringify(permissions)],
    ...[quota.bytes ?? null, quota.files ?? null, rate ?? null],
    ...[doors.length === DOORS.length ? null : JSON.stringify(doors), enabled ? 1 : 0, clearFtp ? 1 : 0],
  ] as const
}

function parse(row: unknown): AccountRecord {
  const result = v.safeParse(schema, row)
  if (!result.success) throw damaged()
  const { name, home, permissions, rate, doors, created, ...columns } = result.output
  return {
    name,
    home,
    permissions,
    rate,
    doors,
    created,
    quota: { bytes: columns.quota_bytes, files: columns.quota_files },
    enabled: columns.enabled === 1,
    clearFtp: columns.clear_ftp === 1,
    verifier: toVerifier(columns),
  }
}

type VerifierRow = Pick<v.InferOutput<typeof verifierSchema>, keyof typeof verifierColumns>

function toVerifier({ salt, iterations, stored_key, server_key }: VerifierRow): ScramVerifier {
  return { salt, iterations, storedKey: stored_key, serverKey: server_key }
}

function damaged(): TransferError {
  return new TransferError('io', "the server's accounts are damaged; restore its state from a backup")
}
