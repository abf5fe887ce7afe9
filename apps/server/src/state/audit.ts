import type { DatabaseSync, SQLInputValue } from 'node:sqlite'
import type { Log } from '../log/log.ts'
import { exclusively } from './transaction.ts'

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

/** What the operator does to an account, or to the rate of the server. */
export type OperatorAction = 'user-add' | 'user-set' | 'user-passwd' | 'user-remove' | 'rate'

/** Who did what to which path, and how it ended. */
export interface AuditEvent {
  readonly account: string
  readonly address: string
  readonly action: 'login' | 'get' | 'put' | 'mkdir' | 'setstat' | 'remove' | 'move' | OperatorAction
  readonly path?: string | undefined
  readonly target?: string | undefined
  readonly size?: number | undefined
  readonly md5?: string | undefined
  readonly detail?: string | undefined
  readonly outcome: string
}

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

/** The events that match, oldest first. */
export function* findEvents(database: DatabaseSync, query: AuditQuery): Generator<RecordedEvent> {
  const { account = null, action = null, path = null, since = 0, until = Number.MAX_SAFE_INTEGER } = query
  const rows = database
    .prepare(
      `SELECT * FROM (SELECT * FROM audit
       WHERE time BETWEEN :since AND :until
         AND (:account IS NULL OR account = :account)
         AND (:action IS NULL OR action = :action)
         AND (:path IS NULL OR :path IN (path, target)
              OR substr(path, 1, length(:path) + 1) = :path || '/'
              OR substr(target, 1, length(:path) + 1) = :path || '/')
       ORDER BY time DESC, id DESC LIMIT :limit)
       ORDER BY time, id`,
    )
    .iterate({ account, action, path, since, until, limit: query.limit ?? -1 })
  for (const row of rows) yield toEvent(row)
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
export function forgetEvents(database: DatabaseSync, since: number, most: number): void {
  exclusively(database, () => {
    database.prepare('DELETE FROM audit WHERE time < ?').run(since)
    database.prepare('DELETE FROM audit WHERE id <= (SELECT max(id) FROM audit) - ?').run(most)
  })
}
