import type { DatabaseSync, StatementSync } from 'node:sqlite'
import { formatBytes, TransferError } from '@ftp/protocol'
import type { Space, SpaceLimit } from '../../state/quotas.ts'
import { isWithinHome } from './within.ts'

/**
 * A count includes everything below a home, whoever stored it; see docs/decisions/0011. `clean_stop` has a
 * row if the latest server stopped normally and none is running.
 */
export const QUOTA_TABLES = `
  CREATE TABLE usage (
    home TEXT PRIMARY KEY,      -- path from the root, empty for the root
    bytes INTEGER NOT NULL,
    files INTEGER NOT NULL,     -- everything except directories
    counted INTEGER NOT NULL,   -- 0: to be counted before anybody relies on it; 1: exact; 2: it holds that much at most
    changes INTEGER NOT NULL    -- if this grows during a count, the count is repeated
  ) STRICT, WITHOUT ROWID;
  CREATE TABLE reservations (
    key TEXT PRIMARY KEY,       -- of the upload's partial
    path TEXT NOT NULL,         -- of the file, from the root
    bytes INTEGER NOT NULL,
    files INTEGER NOT NULL,
    thread INTEGER              -- the one in which the upload runs; null if it has ended and its partial is kept
  ) STRICT, WITHOUT ROWID;
  CREATE TABLE clean_stop (time INTEGER NOT NULL) STRICT;
`

/** The SQL condition that :path is below the home in the column `home`. */
const ENCLOSES = `(home = '' OR substr(:path, 1, length(home) + 1) = home || '/')`
const WITHIN = isWithinHome('home')

/**
 * The usage of homes, which all threads share. Paths are relative to the root. The records of uploads hold
 * the space that partials take, which counts as well.
 */
export class Quotas {
  readonly #database: DatabaseSync
  readonly #enclosing: StatementSync
  readonly #related: StatementSync
  readonly #change: StatementSync
  readonly #usage: StatementSync
  readonly #reserved: StatementSync

  constructor(database: DatabaseSync) {
    this.#database = database
    this.#enclosing = database.prepare(`SELECT home FROM usage WHERE ${ENCLOSES} ORDER BY home`)
    this.#related = database.prepare(`SELECT 1 FROM usage WHERE ${ENCLOSES} OR ${WITHIN} LIMIT 1`)
    this.#change = database.prepare(
      // While a home is being counted, only additions are summed up, because the count may or may not have
      // seen a given change.
      `UPDATE usage SET bytes = bytes + CASE counted WHEN 0 THEN max(0, :bytes) ELSE :bytes END,
         files = files + CASE counted WHEN 0 THEN max(0, :files) ELSE :files END,
         changes = changes + 1 WHERE ${ENCLOSES}`,
    )
    this.#usage = database.prepare('SELECT bytes, files, counted, changes FROM usage WHERE home = ?')
    this.#reserved = database.prepare(
      `SELECT coalesce(sum(bytes), 0) AS bytes, coalesce(sum(files), 0) AS files
       FROM uploads WHERE ${isWithinHome('directory')}`,
    )
  }

  /** The counted homes that contain `path`. */
  enclosing(path: string): string[] {
    return this.#enclosing.all({ path }).map(({ home }) => String(home))
  }

  /** Whether changes anywhere below `home` may affect a count. */
  isCounted(home: string): boolean {
    return this.#related.get({ path: home, home }) !== undefined
  }

  /** The usage of a home, including reservations; undefined if it has not been counted. */
  usage(home: string): Space | undefined {
    const row = this.#usage.get(home)
    if (row === undefined || row.counted === 0) return undefined
    const reserved = this.#reserved.get({ home })
    return {
      bytes: Number(row.bytes) + Number(reserved?.bytes),
      files: Number(row.files) + Number(reserved?.files),
    }
  }

  /** Registers that a file at `path` was added or removed, or changed its size. */
  change(path: string, { bytes, files }: Space): void {
    this.#change.run({ path, bytes, files })
  }

  /**
   * As {@link change}, for an account with limited space. Call this in the transaction that makes the change:
   * an error must undo it.
   * @throws TransferError `quota`
   */
  changeWithin(path: string, change: Space, home: string, limit: SpaceLimit): void {
    this.change(path, change)
    if (change.bytes > 0 || change.files > 0) this.requireWithin(home, limit)
  }

  /**
   * Invalidates the usage of `home` and of the homes below it; each is counted again when it is next needed.
   */
  forget(home: string): void {
    this.#database
      .prepare(`UPDATE usage SET counted = 0, changes = changes + 1 WHERE ${WITHIN}`)
      .run({ home })
  }

  /** Begins a count of `home`. @returns the value to pass to {@link counted} */
  beginCount(home: string): number {
    this.#database
      .prepare(
        `INSERT INTO usage VALUES (?, 0, 0, 0, 0)
         ON CONFLICT DO UPDATE SET bytes = 0, files = 0 WHERE counted = 0`,
      )
      .run(home)
    return Number(this.#usage.get(home)?.changes)
  }

  /**
   * Stores the result of a count.
   * @param changes from {@link beginCount}
   * @returns false if something has changed since the count began; then nothing is stored
   */
  counted(home: string, { bytes, files }: Space, changes: number): boolean {
    const { changes: taken } = this.#database
      .prepare('UPDATE usage SET bytes = ?, files = ?, counted = 1 WHERE home = ? AND changes = ?')
      .run(bytes, files, home, changes)
    return taken === 1
  }

  /**
   * Stores the result of a count during which something has changed, plus everything that was added
   * meanwhile, as an upper bound. Stores nothing if an earlier count is still valid.
   */
  countedAtMost(home: string, { bytes, files }: Space): void {
    this.#database
      .prepare(
        'UPDATE usage SET bytes = bytes + ?, files = files + ?, counted = 2 WHERE home = ? AND counted = 0',
      )
      .run(bytes, files, home)
  }

  /** @throws TransferError `quota` if a home holds more than `limit` */
  requireWithin(home: string, limit: SpaceLimit): void {
    const used = this.usage(home)
    if (used === undefined) return
    for (const what of ['bytes', 'files'] as const) {
      const most = limit[what]
      if (most !== undefined && used[what] > most)
        throw new TransferError(
          'quota',
          `the account may store ${shown(most, what)}, and this would make it ${shown(used[what], what)}; remove something, or ask the operator for a larger quota`,
        )
    }
  }
}

function shown(amount: number, what: 'bytes' | 'files'): string {
  return what === 'bytes' ? formatBytes(amount) : `${amount} files`
}
