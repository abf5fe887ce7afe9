import type { DatabaseSync, SQLInputValue } from 'node:sqlite'
import type { Log } from '../log/log.ts'
import type { AuditEvent } from './audit-event.ts'
import { deleteInBatches } from './batches.ts'
import { exclusively } from './transaction.ts'

export type { AuditEvent, OperatorAction } from './audit-event.ts'

export const AUDIT_TABLE = `
  CREATE TABLE audit (
    id INTEGER PRIMARY KEY,
    time INTEGER NOT NULL,      -- milliseconds since 1970
    account TEXT NOT NULL,
    address TEXT NOT NULL,      -- where the client connected from
    action TEXT NOT NULL,
    path TEXT,                  -- below the account's home
    target TEXT,                -- the new path of a move
    size INTEGER,               -- bytes stored or sent
    md5 TEXT,                   -- of the whole file, in hex
    outcome TEXT NOT NULL       -- ok, skipped, unfinished, refused (a login), or an error code
  ) STRICT;
  CREATE INDEX audit_time ON audit (time);
`

export const AUDIT_DETAIL = `
  ALTER TABLE audit ADD COLUMN detail TEXT;   -- what an account is after the operator has changed it
`

const INSERT = `
  INSERT INTO audit (time, account, address, action, path, target, size, md5, detail, outcome)
  VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`

/** In the order of the columns of {@link INSERT}. */
type Row = readonly SQLInputValue[]

function rowOf(event: AuditEvent): Row {
  const { account, address, action, outcome } = event
  const { path = null, target = null, size = null, md5 = null, detail = null } = event
  return [Date.now(), account, address, action, path, target, size, md5, detail, outcome]
}

/** Records one event at once; for those who do one thing, in the transaction that does it. */
export function recordNow(database: DatabaseSync, event: AuditEvent): void {
  database.prepare(INSERT).run(...rowOf(event))
}

/** Events are written together, at the latest after so many milliseconds. */
const TOGETHER_MS = 100
const TOGETHER = 256
/** More that could not be written are dropped: a full disk must not fill the memory. */
const WAITING = 10_000

/** Writes events to the log, one line each, and to the database. A crash of the machine or program loses those of the last moment. */
export class AuditTrail {
  readonly #database: DatabaseSync
  readonly #log: Log
  readonly #insert: (row: Row) => void
  #waiting: Row[] = []
  #timer: NodeJS.Timeout | undefined
  #failing = false

  constructor(database: DatabaseSync, log: Log) {
    this.#database = database
    this.#log = log
    const insert = database.prepare(INSERT)
    this.#insert = (row) => void insert.run(...row)
  }

  record(event: AuditEvent): void {
    const { account, address, action, path, target, size, md5, detail, outcome } = event
    const fields = { account, address, path, target, size, md5, detail, outcome }
    if (action === 'login' && event.outcome !== 'ok') this.#log.warn(fields, action)
    else this.#log.info(fields, action)
    if (this.#waiting.length < WAITING) this.#waiting.push(rowOf(event))
    if (this.#waiting.length % TOGETHER === 0) this.flush()
    else this.#timer ??= setTimeout(() => this.flush(), TOGETHER_MS).unref()
  }

  /** Writes what has not been written yet. */
  flush(): void {
    clearTimeout(this.#timer)
    this.#timer = undefined
    if (this.#waiting.length === 0) return
    try {
      exclusively(this.#database, () => this.#waiting.forEach(this.#insert))
      this.#waiting = []
      this.#failing = false
    } catch (error) {
      const reason = error instanceof Error ? error.message : String(error)
      if (!this.#failing) this.#log.error({ reason }, 'the audit trail cannot be written')
      this.#failing = true
    }
  }
}

/** Which events to look for; what is absent does not matter. */
export interface AuditQuery {
  readonly account?: string | undefined
  readonly action?: string | undefined
  /** This path and everything below it, as source or target. */
  readonly path?: string | undefined
  /** Milliseconds since 1970. */
  readonly since?: number | undefined
  readonly until?: number | undefined
  /** Only so many, the newest. */
  readonly limit?: number | undefined
}

/** An event as it was recorded; `time` is milliseconds since 1970. */
export interface RecordedEvent {
  readonly time: number
  readonly account: string
  readonly address: string
  readonly action: string
  readonly path: string | null
  readonly target: string | null
  readonly size: number | null
  readonly md5: string | null
  readonly detail: string | null
  readonly outcome: string
}

/** Events that are read at once: the state is not held open while somebody reads a page of them. */
const PAGE = 1_000

const MATCHES = `
  id <= :newest AND time BETWEEN :since AND :until
  AND (:account IS NULL OR account = :account)
  AND (:action IS NULL OR action = :action)
  AND (:path IS NULL OR :path IN (path, target)
    OR substr(path, 1, length(:path) + 1) = :path || '/'
    OR substr(target, 1, length(:path) + 1) = :path || '/')`

/** The events that match as of now, oldest first, in pages. */
export function* findEvents(database: DatabaseSync, query: AuditQuery): Generator<readonly RecordedEvent[]> {
  const { account = null, action = null, path = null, since = 0, until = Number.MAX_SAFE_INTEGER } = query
  const newest = Number(database.prepare('SELECT max(id) AS id FROM audit').get()?.id ?? 0)
  const wanted = { account, action, path, until, newest }
  const first = database
    .prepare(
      `SELECT time, id FROM audit WHERE ${MATCHES} ORDER BY time DESC, id DESC LIMIT 1 OFFSET :skipped`,
    )
    .get({ ...wanted, since, skipped: Math.max(0, (query.limit ?? 0) - 1) })
  let from = query.limit === undefined || first === undefined ? { time: since, id: 0 } : first
  const page = database.prepare(
    `SELECT * FROM audit WHERE ${MATCHES} AND (time, id) >= (:since, :id) ORDER BY time, id LIMIT ${PAGE}`,
  )
  for (;;) {
    const rows = page.all({ ...wanted, since: Number(from.time), id: Number(from.id) })
    if (rows.length > 0) yield rows.map(toEvent)
    const last = rows.at(-1)
    if (last === undefined || rows.length < PAGE) return
    from = { time: Number(last.time), id: Number(last.id) + 1 }
  }
}

function toEvent(row: Readonly<Record<string, unknown>>): RecordedEvent {
  const text = (key: string): string => String(row[key])
  const optional = (key: string): string | null => (row[key] === null ? null : text(key))
  return {
    time: Number(row['time']),
    account: text('account'),
    address: text('address'),
    action: text('action'),
    path: optional('path'),
    target: optional('target'),
    size: row['size'] === null ? null : Number(row['size']),
    md5: optional('md5'),
    detail: optional('detail'),
    outcome: text('outcome'),
  }
}

/** Forgets events from before `since` (milliseconds since 1970), and the oldest beyond `most`. */
export async function forgetEvents(database: DatabaseSync, since: number, most: number): Promise<void> {
  const old = 'DELETE FROM audit WHERE id IN (SELECT id FROM audit WHERE time < ? LIMIT ?)'
  await deleteInBatches(database.prepare(old), since)
  const newest = Number(database.prepare('SELECT max(id) AS id FROM audit').get()?.id ?? 0)
  const many = 'DELETE FROM audit WHERE id IN (SELECT id FROM audit WHERE id <= ? LIMIT ?)'
  await deleteInBatches(database.prepare(many), newest - most)
}
