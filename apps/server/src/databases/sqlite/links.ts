import { randomBytes } from 'node:crypto'
import type { DatabaseSync, StatementSync } from 'node:sqlite'
import { TransferError } from '@ftp/protocol'
import { type LinkRecord, type NewLink, parseLink } from '../../state/link-record.ts'
import { hashOf, newSecret } from '../../state/secret.ts'
import { durably, exclusively } from './transaction.ts'

/** The links of an account are removed with it, and the visits to a link with the link. */
export const LINKS_TABLES = `
  CREATE TABLE links (
    id TEXT PRIMARY KEY,          -- not secret; identifies the link in lists and in the audit trail
    hash BLOB NOT NULL UNIQUE,    -- SHA-256 of the secret in the URL
    account TEXT NOT NULL REFERENCES accounts (name) ON DELETE CASCADE,
    path TEXT NOT NULL,           -- from the root, so that the link never shares anything else if the account gets a new home
    kind TEXT NOT NULL,           -- file, folder or upload
    created INTEGER NOT NULL,     -- microseconds since 1970-01-01 UTC
    expires INTEGER,              -- the same; null for never
    most_uses INTEGER,            -- null for no limit
    uses INTEGER NOT NULL DEFAULT 0,
    used INTEGER,                 -- the last use; null if there was none
    salt BLOB,                    -- the verifier of the password, as for accounts; null if there is none
    iterations INTEGER,
    stored_key BLOB,
    server_key BLOB
  ) STRICT, WITHOUT ROWID;
  CREATE INDEX links_account ON links (account);
  CREATE TABLE visits (
    hash BLOB PRIMARY KEY,        -- SHA-256 of the cookie
    link TEXT NOT NULL REFERENCES links (id) ON DELETE CASCADE,
    began INTEGER NOT NULL,       -- microseconds since 1970-01-01 UTC
    counted INTEGER NOT NULL      -- whether the visit counts as a use; before that, it has only shown the password
  ) STRICT, WITHOUT ROWID;
  CREATE INDEX visits_link ON visits (link, began);
`

/** The maximum number of links of one account, and of remembered visits to one link. */
const MOST_LINKS = 1_000
const MOST_VISITS = 1_000
/** How long a visit lasts, in seconds. */
export const VISIT_S = 86_400

const ID_BYTES = 5

/** The share links, by which people without an account reach one path of an account. */
export class Links {
  readonly #database: DatabaseSync
  readonly #find: StatementSync
  readonly #list: StatementSync
  readonly #count: StatementSync
  readonly #findVisit: StatementSync
  readonly #addVisit: StatementSync

  constructor(database: DatabaseSync) {
    this.#database = database
    this.#find = database.prepare(
      'SELECT * FROM links WHERE hash = :hash AND (expires IS NULL OR expires > :now)',
    )
    this.#list = database.prepare(
      'SELECT * FROM links WHERE account = :account OR :account IS NULL ORDER BY account, created, id',
    )
    this.#count = database.prepare(
      `UPDATE links SET uses = uses + 1, used = :now WHERE id = :id
        AND (most_uses IS NULL OR uses < most_uses) AND (expires IS NULL OR expires > :now)`,
    )
    this.#findVisit = database.prepare(
      'SELECT counted FROM visits WHERE hash = :hash AND link = :link AND began > :now - 1e6 * :lasts',
    )
    this.#addVisit = database.prepare(
      `INSERT INTO visits VALUES (:hash, :link, :began, :counted)
        ON CONFLICT (hash) DO UPDATE SET counted = excluded.counted`,
    )
  }

  /**
   * Makes a link.
   * @returns its record, and its secret, which cannot be shown again
   * @throws TransferError `forbidden` if the account has too many
   */
  add({ account, path, kind, expires, mostUses, verifier }: NewLink): { id: string; secret: string } {
    const secret = newSecret('link')
    const id = randomBytes(ID_BYTES).toString('hex')
    const { salt = null, iterations = null, storedKey = null, serverKey = null } = verifier ?? {}
    durably(this.#database, () =>
      exclusively(this.#database, () => {
        if (this.list(account).length >= MOST_LINKS)
          throw new TransferError(
            'forbidden',
            `an account has at most ${MOST_LINKS} share links; remove some`,
          )
        this.#database
          .prepare(
            `INSERT INTO links (id, hash, account, path, kind, created, expires, most_uses,
              salt, iterations, stored_key, server_key) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`,
          )
          .run(
            ...[id, hashOf(secret), account, path.join('/'), kind, Date.now() * 1_000],
            ...[expires ?? null, mostUses ?? null, salt, iterations, storedKey, serverKey],
          )
      }),
    )
    return { id, secret }
  }

  /** The link with this secret; undefined if there is none, or it has expired. */
  find(secret: string, now = Date.now() * 1_000): LinkRecord | undefined {
    const row = this.#find.get({ hash: hashOf(secret), now })
    return row && parseLink(row)
  }

  /** The links of an account, or of all; including those that have expired or are used up. */
  list(account?: string): LinkRecord[] {
    return this.#list.all({ account: account ?? null }).map(parseLink)
  }

  /** Removes a link. @param account its owner; undefined for any @throws TransferError `not_found` */
  remove(id: string, account?: string): LinkRecord {
    return durably(this.#database, () =>
      exclusively(this.#database, () => {
        const link = this.list(account).find((each) => each.id === id)
        if (link === undefined) throw new TransferError('not_found', `there is no share link "${id}"`)
        this.#database.prepare('DELETE FROM links WHERE id = ?').run(id)
        return link
      }),
    )
  }

  /** Whether a visit has been counted as a use; undefined if it is over, or belongs to another link. */
  visit({ id }: LinkRecord, cookie: string, now = Date.now() * 1_000): 'admitted' | 'counted' | undefined {
    const row = this.#findVisit.get({ hash: hashOf(cookie), link: id, now, lasts: VISIT_S })
    if (row === undefined) return undefined
    return row['counted'] === 1 ? 'counted' : 'admitted'
  }

  /** Begins a visit that does not count as a use yet. @returns the value of its cookie */
  admit({ id }: LinkRecord, now = Date.now() * 1_000): string {
    const cookie = newSecret('visit')
    exclusively(this.#database, () => this.#remember(id, cookie, now, 0))
    return cookie
  }

  /**
   * Counts one use, unless this visit has already been counted.
   * @param cookie of the visit, if there is one
   * @returns the cookie of the visit, which is new if there was none; undefined if the link is used up, has
   * expired or is gone
   */
  use(link: LinkRecord, cookie?: string, now = Date.now() * 1_000): string | undefined {
    return exclusively(this.#database, () => {
      const visit = cookie && this.visit(link, cookie, now)
      if (visit === 'counted') return cookie
      if (this.#count.run({ id: link.id, now }).changes === 0) return undefined
      const counted = visit === 'admitted' && cookie !== undefined ? cookie : newSecret('visit')
      this.#remember(link.id, counted, now, 1)
      return counted
    })
  }

  #remember(link: string, cookie: string, began: number, counted: 0 | 1): void {
    this.#addVisit.run({ hash: hashOf(cookie), link, began, counted })
    this.#database
      .prepare(
        `DELETE FROM visits WHERE hash IN
          (SELECT hash FROM visits WHERE link = ? ORDER BY began DESC LIMIT -1 OFFSET ${MOST_VISITS})`,
      )
      .run(link)
  }

  /** Removes the visits that were over at this time. */
  forget(now: number): void {
    this.#database.prepare('DELETE FROM visits WHERE began <= ? - 1e6 * ?').run(now, VISIT_S)
  }
}
