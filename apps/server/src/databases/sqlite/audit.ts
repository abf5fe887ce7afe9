import type { DatabaseSync, SQLInputValue, StatementSync } from 'node:sqlite'
import type { Log } from '../../log/log.ts'
import { Repeats } from '../../log/repeats.ts'
import type { AuditEvent, AuditQuery, RecordedEvent } from '../../state/audit-event.ts'
import { StateError } from '../../state/state-error.ts'
import { deleteInBatches } from './batches.ts'
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

export const AUDIT_TIMES = `
  ALTER TABLE audit ADD COLUMN times INTEGER NOT NULL DEFAULT 1;   -- how often since the last equal row
`

export const AUDIT_DOOR = `
  ALTER TABLE audit ADD COLUMN door TEXT;         -- through which door the client came
  ALTER TABLE audit ADD COLUMN credential TEXT;   -- what it showed instead of the password
`

const INSERT = `
  INSERT INTO audit
    (time, account, address, door, credential, action, path, target, size, md5, detail, outcome, times)
  VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`

/** In the order of the columns in {@link INSERT}. */
type Row = readonly SQLInputValue[]

function rowOf(event: AuditEvent, times: number): Row {
  return [Date.now(), ...valuesOf(event), times]
}

function valuesOf(event: AuditEvent): Row {
  const { account, address, door = null, credential = null, action } = event
  const { path = null, target = null, size = null, md5 = null, detail = null, outcome } = event
  return [account, address, door, credential, action, path, target, size, md5, detail, outcome]
}

/** Tells apart all events that differ in anything. No value contains a NUL. */
function kindOf(event: AuditEvent): string {
  return valuesOf(event).join('\0')
}

/** Records one event at once, within the transaction of the action that it records. */
export function recordNow(database: DatabaseSync, event: AuditEvent): void {
  database.prepare(INSERT).run(...rowOf(event, 1))
}

/** The maximum number of events that are kept; older ones are removed. They take about 200 MB. */
export const MOST_EVENTS = 1_000_000

/** Events are written in batches, after at most this many milliseconds. */
const BATCH_MS = 100
const BATCH_ROWS = 256
/** The maximum number of rows that one transaction writes, and that it removes. */
const MOST_ROWS = 1_000
/**
 * The maximum number of events that wait to be written. Any others are dropped: a full disk must not fill the
 * memory.
 */
const WAITING = 10_000
/**
 * The maximum number of kinds of events that are remembered for some seconds, to count repetitions. They take
 * about 5 MB.
 */
const KINDS = 10_000

export interface AuditTrailOptions {
  /** Whether one more refused request of a peer may be recorded individually; otherwise it is counted. */
  readonly tellsRefusal?: (peer: string) => boolean
  /** The maximum number of events that are kept. */
  readonly most?: number
}

/**
 * Writes events to the log, one line each, and to the database. A client that only reads can fill neither:
 * repeated events that change nothing are counted, and so are refused requests beyond a budget. A crash loses
 * the events of the last moment and the counts of some seconds. If the connection to the database does not
 * wait for locks, nor does any caller.
 */
export class AuditTrail {
  readonly #database: DatabaseSync
  readonly #log: Log
  readonly #insert: StatementSync
  readonly #trim: StatementSync
  readonly #tellsRefusal: (peer: string) => boolean
  readonly #most: number
  readonly #repeats = new Repeats<AuditEvent>((event, times) => this.#take(event, times), KINDS)
  #waiting: Row[] = []
  #timer: NodeJS.Timeout | undefined
  #failing = false

  constructor(database: DatabaseSync, log: Log, options: AuditTrailOptions = {}) {
    this.#database = database
    this.#log = log
    this.#insert = database.prepare(INSERT)
    this.#trim = database.prepare(
      `DELETE FROM audit WHERE id IN
        (SELECT id FROM audit WHERE id <= (SELECT max(id) FROM audit) - ? LIMIT ${MOST_ROWS})`,
    )
    this.#tellsRefusal = options.tellsRefusal ?? (() => true)
    this.#most = options.most ?? MOST_EVENTS
  }

  record(event: AuditEvent): void {
    const { account, address, action, outcome } = event
    const isRefusal = !ENDS.has(outcome)
    if (isRefusal && !this.#tellsRefusal(`${account} ${address}`)) {
      const kind = { account, address, action, outcome }
      return this.#repeats.count(kindOf(kind), kind)
    }
    if (isRefusal || action === 'get' || action === 'login') return this.#repeats.note(kindOf(event), event)
    this.#take(event, 1)
  }

  /** Writes everything that is waiting. */
  flush(): void {
    this.#repeats.flush()
    this.#write()
  }

  #take(event: AuditEvent, times: number): void {
    const { action, outcome } = event
    // Undefined fields are not logged. To set one is faster than to copy all others.
    const fields = { ...event, action: undefined, times: times > 1 ? times : undefined }
    if (action === 'login' && outcome !== 'ok') this.#log.warn(fields, action)
    else this.#log.info(fields, action)
    if (this.#waiting.length < WAITING) this.#waiting.push(rowOf(event, times))
    if (this.#waiting.length % BATCH_ROWS === 0) this.#write()
    else this.#later()
  }

  #later(): void {
    this.#timer ??= setTimeout(() => this.#write(), BATCH_MS).unref()
  }

  #write(): void {
    clearTimeout(this.#timer)
    this.#timer = undefined
    try {
      while (this.#waiting.length > 0) {
        const rows = this.#waiting.slice(0, MOST_ROWS)
        exclusively(this.#database, () => {
          for (const row of rows) this.#insert.run(...row)
          this.#trim.run(this.#most)
        })
        this.#waiting.splice(0, rows.length)
      }
      this.#failing = false
    } catch (error) {
      // Another process or thread is writing: try again later.
      if (error instanceof StateError && error.code === 'busy') {
        this.#later()
        if (this.#waiting.length < WAITING) return
      }
      const reason = error instanceof Error ? error.message : String(error)
      if (!this.#failing) this.#log.error({ reason }, 'the audit trail cannot be written')
      this.#failing = true
    }
  }
}

/** The outcomes of requests that are not refused. */
const ENDS: ReadonlySet<string> = new Set(['ok', 'skipped', 'unfinished'])

/**
 * The number of events that are read at once, so that the state is not locked while somebody reads a page.
 */
const PAGE = 1_000

const MATCHES = `
  id <= :newest AND time BETWEEN :since AND :until
  AND (:account IS NULL OR account = :account)
  AND (:action IS NULL OR action = :action)
  AND (:path IS NULL OR :path IN (path, target)
    OR substr(path, 1, length(:path) + 1) = :path || '/'
    OR substr(target, 1, length(:path) + 1) = :path || '/')`

/** The matching events that exist at the time of the call, oldest first, in pages. */
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
    door: optional('door'),
    credential: optional('credential'),
    action: text('action'),
    path: optional('path'),
    target: optional('target'),
    size: row['size'] === null ? null : Number(row['size']),
    md5: optional('md5'),
    detail: optional('detail'),
    outcome: text('outcome'),
    times: Number(row['times']),
  }
}

/** Removes the events before `since` (milliseconds since 1970), and the oldest ones beyond `most`. */
export async function forgetEvents(database: DatabaseSync, since: number, most: number): Promise<void> {
  const old = 'DELETE FROM audit WHERE id IN (SELECT id FROM audit WHERE time < ? LIMIT ?)'
  await deleteInBatches(database.prepare(old), since)
  const newest = Number(database.prepare('SELECT max(id) AS id FROM audit').get()?.id ?? 0)
  const many = 'DELETE FROM audit WHERE id IN (SELECT id FROM audit WHERE id <= ? LIMIT ?)'
  await deleteInBatches(database.prepare(many), newest - most)
}
