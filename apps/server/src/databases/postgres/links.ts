import { randomBytes } from 'node:crypto'
import { TransferError } from '@ftp/protocol'
import type { AuditEvent } from '../../state/audit-event.ts'
import { type LinkRecord, type NewLink, parseLink } from '../../state/link-record.ts'
import { LINK_ID_BYTES, type Links, MOST_LINKS, MOST_VISITS, VISIT_S } from '../../state/links.ts'
import { hashOf, newSecret } from '../../state/secret.ts'
import { recordIn } from './audit.ts'
import { timeIn } from './clock.ts'
import { type PostgresDatabase, prepared, type Queries } from './postgres-database.ts'

const FIND = prepared(
  `SELECT * FROM links WHERE hash = $1 AND (expires IS NULL OR expires > ${timeIn('$2')})`,
)
const LIST = prepared('SELECT * FROM links WHERE account = $1 ORDER BY created, id')
const LIST_ALL = prepared('SELECT * FROM links ORDER BY account, created, id')
const NUMBER = prepared('SELECT count(*) AS others FROM links WHERE account = $1')
const ADD = prepared(
  `INSERT INTO links (id, hash, account, path, kind, created, expires, most_uses,
     salt, iterations, stored_key, server_key)
   VALUES ($1, $2, $3, $4, $5, ${timeIn('$6')}, $7, $8, $9, $10, $11, $12)`,
)
const REMOVE = prepared('DELETE FROM links WHERE id = $1 AND account = coalesce($2, account) RETURNING *')
const COUNT = prepared(
  `UPDATE links SET uses = uses + 1, used = ${timeIn('$2')} WHERE id = $1
     AND (most_uses IS NULL OR uses < most_uses) AND (expires IS NULL OR expires > ${timeIn('$2')})`,
)
/** Uses of one link are counted one after the other, so that two requests of one visit do not both count. */
const LOCK = prepared('SELECT 1 FROM links WHERE id = $1 FOR UPDATE')
const FIND_VISIT = prepared(
  `SELECT counted FROM visits WHERE hash = $1 AND link = $2 AND began > ${timeIn('$3')} - ${VISIT_S}000000`,
)
const ADD_VISIT = prepared(
  `INSERT INTO visits VALUES ($1, $2, ${timeIn('$3')}, $4)
   ON CONFLICT (hash) DO UPDATE SET counted = excluded.counted`,
)
const TRIM_VISITS = prepared(
  `DELETE FROM visits WHERE hash IN
     (SELECT hash FROM visits WHERE link = $1 ORDER BY began DESC OFFSET ${MOST_VISITS})`,
)
const FORGET = prepared(`DELETE FROM visits WHERE began <= $1::bigint - ${VISIT_S}000000`)

type Visit = 'admitted' | 'counted'

export class PostgresLinks implements Links {
  readonly #database: PostgresDatabase

  constructor(database: PostgresDatabase) {
    this.#database = database
  }

  async add(link: NewLink, eventOf?: (id: string) => AuditEvent): Promise<{ id: string; secret: string }> {
    const { account, path, kind, expires = null, mostUses = null, verifier } = link
    const secret = newSecret('link')
    const id = randomBytes(LINK_ID_BYTES).toString('hex')
    const { salt = null, iterations = null, storedKey = null, serverKey = null } = verifier ?? {}
    const columns = [
      account,
      path.join('/'),
      kind,
      null,
      expires,
      mostUses,
      salt,
      iterations,
      storedKey,
      serverKey,
    ]
    await this.#database.transaction(async (queries) => {
      const others = (await queries.run(NUMBER, account)).rows[0]?.['others']
      if (Number(others) >= MOST_LINKS)
        throw new TransferError('forbidden', `an account has at most ${MOST_LINKS} share links; remove some`)
      await queries.run(ADD, id, hashOf(secret), ...columns)
      await recordIn(queries, eventOf?.(id))
    })
    return { id, secret }
  }

  async find(secret: string, now?: number): Promise<LinkRecord | undefined> {
    const [row] = (await this.#database.run(FIND, hashOf(secret), now ?? null)).rows
    return row && parseLink(row)
  }

  async list(account?: string): Promise<LinkRecord[]> {
    const found = await (account === undefined
      ? this.#database.run(LIST_ALL)
      : this.#database.run(LIST, account))
    return found.rows.map(parseLink)
  }

  async remove(
    id: string,
    account?: string,
    eventOf?: (link: LinkRecord) => AuditEvent,
  ): Promise<LinkRecord> {
    return await this.#database.transaction(async (queries) => {
      const [row] = (await queries.run(REMOVE, id, account ?? null)).rows
      if (row === undefined) throw new TransferError('not_found', `there is no share link "${id}"`)
      const link = parseLink(row)
      await recordIn(queries, eventOf?.(link))
      return link
    })
  }

  async visit(link: LinkRecord, cookie: string, now?: number): Promise<Visit | undefined> {
    return await visitIn(this.#database, link.id, cookie, now)
  }

  async admit({ id }: LinkRecord, now?: number): Promise<string> {
    const cookie = newSecret('visit')
    await this.#database.lockedTransaction((queries) =>
      remember(queries, { id, cookie, now, counted: false }),
    )
    return cookie
  }

  async use({ id }: LinkRecord, cookie?: string, now?: number): Promise<string | undefined> {
    return await this.#database.lockedTransaction(async (queries) => {
      await queries.run(LOCK, id)
      const visit = cookie === undefined ? undefined : await visitIn(queries, id, cookie, now)
      if (visit === 'counted') return cookie
      if ((await queries.run(COUNT, id, now ?? null)).count === 0) return undefined
      const counted = visit === 'admitted' && cookie !== undefined ? cookie : newSecret('visit')
      await remember(queries, { id, cookie: counted, now, counted: true })
      return counted
    })
  }

  async forget(now: number): Promise<void> {
    await this.#database.run(FORGET, now)
  }
}

async function visitIn(
  queries: Queries,
  id: string,
  cookie: string,
  now: number | undefined,
): Promise<Visit | undefined> {
  const [row] = (await queries.run(FIND_VISIT, hashOf(cookie), id, now ?? null)).rows
  if (row === undefined) return undefined
  return row['counted'] === true ? 'counted' : 'admitted'
}

interface Remembered {
  readonly id: string
  readonly cookie: string
  readonly now: number | undefined
  readonly counted: boolean
}

async function remember(queries: Queries, { id, cookie, now, counted }: Remembered): Promise<void> {
  await queries.run(ADD_VISIT, hashOf(cookie), id, now ?? null, counted)
  await queries.run(TRIM_VISITS, id)
}
