import type { DatabaseSync, StatementSync } from 'node:sqlite'
import { TransferError } from '@ftp/protocol'
import { isWithinHome } from './within.ts'

/**
 * Counted is what is below a home, whoever put it there; see docs/decisions/0011. `clean_stop` has a row while no server
 * runs and none has crashed.
 */
export const QUOTA_TABLES = `
  CREATE TABLE usage (
    home TEXT PRIMARY KEY,      -- path from the root, empty for the root
    bytes INTEGER NOT NULL,
    files INTEGER NOT NULL,     -- everything that is no directory
    counted INTEGER NOT NULL,   -- 0: to be counted before anybody relies on it; 1: exact; 2: it holds that much at most
    changes INTEGER NOT NULL    -- a count during which this grew has to be repeated
  ) STRICT, WITHOUT ROWID;
  CREATE TABLE reservations (
    key TEXT PRIMARY KEY,       -- of the upload's partial
    path TEXT NOT NULL,         -- of the file, from the root
    bytes INTEGER NOT NULL,
    files INTEGER NOT NULL,
    thread INTEGER              -- in which the upload runs; null: it has ended and its partial is kept
  ) STRICT, WITHOUT ROWID;
  CREATE TABLE clean_stop (time INTEGER NOT NULL) STRICT;
`

/** Bytes and files: what there is, or the most there may be (undefined: no limit). */
export interface Space {
  readonly bytes: number
  readonly files: number
}
export type SpaceLimit = { readonly [K in keyof Space]: Space[K] | undefined }

/** Whether :path is below the home in the column `home`. */
const ENCLOSES = `(home = '' OR substr(:path, 1, length(home) + 1) = home || '/')`
const WITHIN = isWithinHome('home')

/**
 * What homes hold, the same for all threads. Paths are from the root. What partials take is in the records of uploads, and
 * counts with it.
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
      // While a home is being counted, it sums up what comes and not what goes: the count may see either or not.
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

  /** The counted homes that `path` is below. */
  enclosing(path: string): string[] {
    return this.#enclosing.all({ path }).map(({ home }) => String(home))
  }

  /** Whether what happens anywhere below `home` may be counted. */
  isCounted(home: string): boolean {
    return this.#related.get({ path: home, home }) !== undefined
  }

  /** What a home holds, reservations included; undefined until somebody has counted it. */
  usage(home: string): Space | undefined {
    const row = this.#usage.get(home)
    if (row === undefined || row.counted === 0) return undefined
    const reserved = this.#reserved.get({ home })
    return {
      bytes: Number(row.bytes) + Number(reserved?.bytes),
      files: Number(row.files) + Number(reserved?.files),
    }
  }

  /** A file at `path` came, went, or changed its size. */
  change(path: string, { bytes, files }: Space): void {
    this.#change.run({ path, bytes, files })
  }

  /**
   * The same for an account whose space is limited. To be called in the transaction in which it happens: what this throws
   * must undo it.
   * @throws TransferError `quota`
   */
  changeWithin(path: string, change: Space, home: string, limit: SpaceLimit): void {
    this.change(path, change)
    if (change.bytes > 0 || change.files > 0) this.requireWithin(home, limit)
  }

  /** Forgets what is known of `home`, and of the homes below it: they are counted again when they are next needed. */
  forget(home: string): void {
    this.#database
      .prepare(`UPDATE usage SET counted = 0, changes = changes + 1 WHERE ${WITHIN}`)
      .run({ home })
  }

  /** Begins a count of `home`. @returns what {@link counted} wants */
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
   * Takes the result of a count.
   * @param changes from {@link beginCount}
   * @returns false, and nothing is taken, when something has changed since
   */
  counted(home: string, { bytes, files }: Space, changes: number): boolean {
    const { changes: taken } = this.#database
      .prepare('UPDATE usage SET bytes = ?, files = ?, counted = 1 WHERE home = ? AND changes = ?')
      .run(bytes, files, home, changes)
    return taken === 1
  }

  /**
   * Takes the result of a count during which something has changed, with all that came meanwhile: the home holds no more
   * than that. Nothing is taken where an earlier count is still good.
   */
  countedAtMost(home: string, { bytes, files }: Space): void {
    this.#database
      .prepare(
        'UPDATE usage SET bytes = bytes + ?, files = files + ?, counted = 2 WHERE home = ? AND counted = 0',
      )
      .run(bytes, files, home)
  }

  /** @throws TransferError `quota` when a home holds more than this */
  requireWithin(home: string, limit: SpaceLimit): void {
    const used = this.usage(home)
    if (used === undefined) return
    for (const what of ['bytes', 'files'] as const) {
      const most = limit[what]
      if (most !== undefined && used[what] > most)
        throw new TransferError(
          'quota',
          `the account may store ${most} ${what}, and this would make it ${used[what]}; remove something, or ask the operator for a larger quota`,
        )
    }
  }
}
