import type { DatabaseSync, StatementSync } from 'node:sqlite'
import { TransferError } from '@ftp/protocol'
import type { AuditEvent } from '../../state/audit-event.ts'
import type { PublicKey } from '../../state/public-key.ts'
import { MOST_KEYS, type PublicKeyRecord, type PublicKeys } from '../../state/public-keys.ts'
import { parseKey } from '../rows/public-keys.ts'
import type { Writer } from './writer.ts'

/** The keys of an account are removed with it. */
export const PUBLIC_KEYS_TABLE = `
  CREATE TABLE public_keys (
    account TEXT NOT NULL REFERENCES accounts (name) ON DELETE CASCADE,
    fingerprint TEXT NOT NULL,    -- as OpenSSH writes it
    type TEXT NOT NULL,
    blob BLOB NOT NULL,           -- as SSH sends it
    comment TEXT NOT NULL,
    created INTEGER NOT NULL,     -- microseconds since 1970-01-01 UTC
    PRIMARY KEY (account, fingerprint)
  ) STRICT, WITHOUT ROWID;
`

export class SqlitePublicKeys implements PublicKeys {
  readonly #writer: Writer
  readonly #find: StatementSync
  readonly #list: StatementSync
  readonly #add: StatementSync
  readonly #remove: StatementSync

  constructor(database: DatabaseSync, writer: Writer) {
    this.#writer = writer
    this.#find = database.prepare('SELECT * FROM public_keys WHERE account = ? AND fingerprint = ?')
    this.#list = database.prepare(
      'SELECT * FROM public_keys WHERE account = :account OR :account IS NULL ORDER BY account, created, fingerprint',
    )
    this.#add = database.prepare('INSERT INTO public_keys VALUES (?, ?, ?, ?, ?, ?)')
    this.#remove = database.prepare('DELETE FROM public_keys WHERE account = ? AND fingerprint = ?')
  }

  async add(account: string, key: PublicKey, event?: AuditEvent): Promise<void> {
    const { fingerprint, type, blob, comment } = key
    const action = (): void => {
      if (this.#find.get(account, fingerprint) !== undefined)
        throw new TransferError('exists', `${account} already has the key ${fingerprint}`)
      if (this.#list.all({ account }).length >= MOST_KEYS)
        throw new TransferError('forbidden', `an account has at most ${MOST_KEYS} keys; remove one`)
      this.#add.run(account, fingerprint, type, blob, comment, Date.now() * 1_000)
    }
    await this.#writer.writeDurably(action, () => event)
  }

  async find(account: string, fingerprint: string): Promise<PublicKeyRecord | undefined> {
    const row = this.#find.get(account, fingerprint)
    return row && parseKey(row)
  }

  async list(account?: string): Promise<PublicKeyRecord[]> {
    return this.#list.all({ account: account ?? null }).map(parseKey)
  }

  async remove(account: string, fingerprint: string, event?: AuditEvent): Promise<void> {
    const action = (): void => {
      if (this.#remove.run(account, fingerprint).changes === 0)
        throw new TransferError('not_found', `${account} has no key ${fingerprint}`)
    }
    await this.#writer.writeDurably(action, () => event)
  }
}
