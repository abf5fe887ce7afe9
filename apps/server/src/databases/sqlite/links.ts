import { randomBytes } from 'node:crypto'
import type { DatabaseSync, StatementSync } from 'node:sqlite'
import { TransferError } from '@ftp/protocol'
import type { AuditEvent } from '../../state/audit-event.ts'
import { type LinkRecord, type NewLink, parseLink } from '../../state/link-record.ts'
import { LINK_ID_BYTES, type Links, MOST_LINKS, MOST_VISITS, VISIT_S } from '../../state/links.ts'
import { hashOf, newSecret } from '../../state/secret.ts'
import type { Writer } from './writer.ts'

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

type Visit = 'admitted' | 'counted'

export class SqliteLinks implements Links {
  readonly #writer: Writer
  readonly #find: StatementSync
  readonly #list: StatementSync
  readonly #add: StatementSync
  readonly #remove: StatementSync
  readonly #count: StatementSync
  readonly #findVisit: StatementSync
  readonly #addVisit: StatementSync
  readonly #trimVisits: StatementSync
  readonly #forget: StatementSync

  constructor(database: DatabaseSync, writer: Writer) {
    this.#writer = writer
    this.#add = database.prepare(
      `INSERT INTO links (id, hash, account, path, kind, created, expires, most_uses,
        salt, iterations, stored_key, server_key) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`,
    )
    this.#remove = database.prepare('DELETE FROM links WHERE id = ?')
    this.#trimVisits = database.prepare(
      `DELETE FROM visits WHERE hash IN
        (SELECT hash FROM visits WHERE link = ? ORDER BY began DESC LIMIT -1 OFFSET ${MOST_VISITS})`,
    )
    this.#forget = database.prepare('DELETE FROM visits WHERE began <= ? - 1e6 * ?')
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

  async add(link: NewLink, eventOf?: (id: string) => AuditEvent): Promise<{ id: string; secret: string }> {
    const { account, path, kind, expires, mostUses, verifier } = link
    const secret = newSecret('link')
    const id = randomBytes(LINK_ID_BYTES).toString('hex')
    const { salt = null, iterations = null, storedKey = null, serverKey = null } = verifier ?? {}
    const action = (): void => {
      if (this.#list.all({ account }).length >= MOST_LINKS)
        throw new TransferError('forbidden', `an account has at most ${MOST_LINKS} share links; remove some`)
      this.#add.run(
        ...[id, hashOf(secret), account, path.join('/'), kind, Date.now() * 1_000],
        ...[expires ?? null, mostUses ?? null, salt, iterations, storedKey, serverKey],
      )
    }
    await this.#writer.writeDurably(action, () => eventOf?.(id))
    return { id, secret }
  }

  async find(secret: string, now = Date.now() * 1_000): Promise<LinkRecord | undefined> {
    const row = this.#find.get({ hash: hashOf(secret), now })
    return row && parseLink(row)
  }

  async list(account?: string): Promise<LinkRecord[]> {
    return this.#list.all({ account: account ?? null }).map(parseLink)
  }

  async remove(
    id: string,
    account?: string,
    eventOf?: (link: LinkRecord) => AuditEvent,
  ): Promise<LinkRecord> {
    const action = (): LinkRecord => {
      const row = this.#list.all({ account: account ?? null }).find((each) => each.id === id)
      if (row === undefined) throw new TransferError('not_found', `there is no share link "${id}"`)
      this.#remove.run(id)
      return parseLink(row)
    }
    return await this.#writer.writeDurably(action, eventOf)
  }

  async visit(link: LinkRecord, cookie: string, now = Date.now() * 1_000): Promise<Visit | undefined> {
    return this.#visit(link, cookie, now)
  }

  async admit({ id }: LinkRecord, now = Date.now() * 1_000): Promise<string> {
    const cookie = newSecret('visit')
    await this.#writer.write(() => this.#remember(id, cookie, now, 0))
    return cookie
  }

  async use(link: LinkRecord, cookie?: string, now = Date.now() * 1_000): Promise<string | undefined> {
    return await this.#writer.write(() => {
      const visit = cookie && this.#visit(link, cookie, now)
      if (visit === 'counted') return cookie
      if (this.#count.run({ id: link.id, now }).changes === 0) return undefined
      const counted = visit === 'admitted' && cookie !== undefined ? cookie : newSecret('visit')
      this.#remember(link.id, counted, now, 1)
      return counted
    })
  }

  async forget(now: number): Promise<void> {
    await this.#writer.write(() => this.#forget.run(now, VISIT_S))
  }

  #visit({ id }: LinkRecord, cookie: string, now: number): Visit | undefined {
    const row = this.#findVisit.get({ hash: hashOf(cookie), link: id, now, lasts: VISIT_S })
    if (row === undefined) return undefined
    return row['counted'] === 1 ? 'counted' : 'admitted'
  }

  #remember(link: string, cookie: string, began: number, counted: 0 | 1): void {
    this.#addVisit.run({ hash: hashOf(cookie), link, began, counted })
    this.#trimVisits.run(link)
  }
}
