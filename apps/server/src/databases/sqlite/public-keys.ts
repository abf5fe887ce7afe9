import type { DatabaseSync, StatementSync } from 'node:sqlite'
import { TransferError } from '@ftp/protocol'
import * as v from 'valibot'
import type { PublicKey } from '../../state/public-key.ts'
import type { PublicKeyRecord } from '../../state/public-keys.ts'
import { durably, exclusively } from './transaction.ts'

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

/** The maximum number of keys of one account. */
const MOST_KEYS = 100

const schema = v.object({
  account: v.string(),
  fingerprint: v.string(),
  type: v.string(),
  blob: v.instance(Uint8Array),
  comment: v.string(),
  created: v.number(),
})

/** The public keys with which the users of SFTP log in. */
export class PublicKeys {
  readonly #database: DatabaseSync
  readonly #find: StatementSync
  readonly #list: StatementSync

  constructor(database: DatabaseSync) {
    this.#database = database
    this.#find = database.prepare('SELECT * FROM public_keys WHERE account = ? AND fingerprint = ?')
    this.#list = database.prepare(
      'SELECT * FROM public_keys WHERE account = :account OR :account IS NULL ORDER BY account, created',
    )
  }

  /** @throws TransferError `exists` if the account has this key; `forbidden` if it has too many */
  add(account: string, { fingerprint, type, blob, comment }: PublicKey): void {
    durably(this.#database, () =>
      exclusively(this.#database, () => {
        if (this.find(account, fingerprint) !== undefined)
          throw new TransferError('exists', `${account} already has the key ${fingerprint}`)
        if (this.list(account).length >= MOST_KEYS)
          throw new TransferError('forbidden', `an account has at most ${MOST_KEYS} keys; remove one`)
        this.#database
          .prepare('INSERT INTO public_keys VALUES (?, ?, ?, ?, ?, ?)')
          .run(account, fingerprint, type, blob, comment, Date.now() * 1_000)
      }),
    )
  }

  find(account: string, fingerprint: string): PublicKeyRecord | undefined {
    const row = this.#find.get(account, fingerprint)
    return row && parse(row)
  }

  /** The keys of an account, or of all, oldest first. */
  list(account?: string): PublicKeyRecord[] {
    return this.#list.all({ account: account ?? null }).map(parse)
  }

  /** @throws TransferError `not_found` */
  remove(account: string, fingerprint: string): void {
    const statement = this.#database.prepare('DELETE FROM public_keys WHERE account = ? AND fingerprint = ?')
    const { changes } = durably(this.#database, () => statement.run(account, fingerprint))
    if (changes === 0) throw new TransferError('not_found', `${account} has no key ${fingerprint}`)
  }
}

function parse(row: unknown): PublicKeyRecord {
  const result = v.safeParse(schema, row)
  if (!result.success)
    throw new TransferError('io', "the server's public keys are damaged; restore its state from a backup")
  return result.output
}
