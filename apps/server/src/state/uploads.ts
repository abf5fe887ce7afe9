import type { DatabaseSync, SQLOutputValue, StatementSync } from 'node:sqlite'
import { exclusively } from './transaction.ts'
import { isWithinHome } from './within.ts'

export const UPLOADS_TABLE = `
  DROP TABLE reservations;
  CREATE TABLE uploads (
    key TEXT NOT NULL,          -- names the partial in its directory
    directory TEXT NOT NULL,    -- path from the root
    name TEXT,                  -- of the file; null for a partial that was found without a record
    account TEXT,               -- null for such a one, and after the account has been removed
    length INTEGER,             -- of the file; null while nobody knows
    began INTEGER NOT NULL,     -- microseconds since 1970-01-01 UTC
    bytes INTEGER NOT NULL,     -- what it takes of quotas
    files INTEGER NOT NULL,
    thread INTEGER,             -- in which it runs; null: it was interrupted, and its partial is kept
    PRIMARY KEY (key, directory)
  ) STRICT, WITHOUT ROWID;
  CREATE INDEX uploads_file ON uploads (directory, name);
`

/** Which partial. Two may have one key: a directory that has been moved takes its partials along. */
export interface PartialId {
  readonly key: string
  /** Path from the root. */
  readonly directory: string
}

/** What is known of an upload that is not a file yet. */
export interface UploadRecord extends PartialId {
  /** Name of the file; undefined for a partial that was found without a record. */
  readonly name: string | undefined
  readonly account: string | undefined
  /** Bytes of the file; undefined while nobody knows. */
  readonly length: number | undefined
  /** When its first attempt began, in microseconds since 1970-01-01 UTC. */
  readonly began: number
  /** Whether it is being written. */
  readonly running: boolean
}

/** Looks at the disk. @returns the bytes of a partial; undefined where there is none */
export type SizeOf = (partial: PartialId) => number | undefined

/**
 * The records of partials: whose each one is, what it will be, and what it takes of quotas. While an upload runs, its
 * record holds what it has reserved. From its end on, however it ends, the record says what is on the disk: as many bytes
 * and one file, and once the partial is gone there is none. Whoever removes a partial therefore does so within
 * {@link exclusively}, and calls {@link removed}.
 */
export class UploadRecords {
  readonly #database: DatabaseSync
  readonly #thread: number | null
  readonly #sizeOf: SizeOf
  readonly #begin: StatementSync
  readonly #reserve: StatementSync
  readonly #mine: StatementSync
  readonly #one: StatementSync
  readonly #others: StatementSync
  readonly #keep: StatementSync
  readonly #forget: StatementSync

  /** @param thread in which uploads run; null for whoever only looks after those of others */
  constructor(database: DatabaseSync, thread: number | null, sizeOf: SizeOf) {
    this.#database = database
    this.#thread = thread
    this.#sizeOf = sizeOf
    this.#begin = database.prepare(
      `INSERT INTO uploads VALUES (:key, :directory, :name, :account, :length, :now, 0, 0, :thread)
       ON CONFLICT DO UPDATE SET name = :name, account = :account, length = :length, thread = :thread`,
    )
    this.#reserve = database.prepare('UPDATE uploads SET bytes = ?, files = ? WHERE key = ? AND thread = ?')
    this.#mine = database.prepare('SELECT * FROM uploads WHERE key = ? AND thread = ?')
    this.#one = database.prepare('SELECT * FROM uploads WHERE key = ? AND directory = ?')
    this.#others = database.prepare(
      'SELECT 1 FROM uploads WHERE directory = ? AND name = ? AND key <> ? LIMIT 1',
    )
    this.#keep = database.prepare(
      'UPDATE uploads SET bytes = ?, files = 1, thread = NULL WHERE key = ? AND directory = ?',
    )
    this.#forget = database.prepare('DELETE FROM uploads WHERE key = ? AND directory = ?')
  }

  /** Runs a short action while no thread and no other process changes a record; what it throws undoes it. */
  exclusively<T>(action: () => T): T {
    return exclusively(this.#database, action)
  }

  /** An upload runs from now on, for the first time or again. */
  begin(upload: PartialId & { name: string; account: string; length: number | null }): void {
    const { key, directory, name, account, length } = upload
    this.#begin.run({ key, directory, name, account, length, now: Date.now() * 1_000, thread: this.#thread })
  }

  /** What a running upload takes of quotas from now on. */
  reserve(key: string, { bytes, files }: { readonly bytes: number; readonly files: number }): void {
    this.#reserve.run(bytes, files, key, this.#thread)
  }

  /** Where a running upload's file is to be, from the root: its directory may have been moved since it began. */
  pathOf(key: string): string | undefined {
    const row = this.#mine.get(key, this.#thread)
    return row && [row.directory, row.name].filter((part) => part !== '').join('/')
  }

  /** Whether another upload wants to become the same file. */
  hasRivals({ key, directory, name }: PartialId & { readonly name: string }): boolean {
    return this.#others.get(directory, name, key) !== undefined
  }

  /** A running upload has ended: as a file, with a partial that is kept, or with nothing. */
  end(key: string): void {
    this.#matchDisk(this.#mine.all(key, this.#thread))
  }

  /** The same for all uploads of a thread that has died, or of a server that has. */
  endAll(thread?: number): void {
    const which = thread === undefined ? 'thread IS NOT NULL' : 'thread = :thread'
    this.#matchDisk(
      this.#database
        .prepare(`SELECT * FROM uploads WHERE ${which}`)
        .all(thread === undefined ? {} : { thread }),
    )
  }

  /** A partial has been removed. A running upload keeps what it has reserved until its end: its bytes are still there. */
  removed(key: string): void {
    this.#matchDisk(this.#database.prepare('SELECT * FROM uploads WHERE key = ? AND thread IS NULL').all(key))
  }

  /** A directory has another path, and so have the partials below it. */
  moved(from: string, to: string): void {
    this.#database
      .prepare(
        `UPDATE OR REPLACE uploads SET directory = :to || substr(directory, length(:home) + 1)
         WHERE ${isWithinHome('directory')}`,
      )
      .run({ home: from, to })
  }

  /** Looks whether the partials that are kept below `home` are still as they were: other programs may have changed them. */
  check(home: string): void {
    const kept = this.#database
      .prepare(`SELECT * FROM uploads WHERE thread IS NULL AND ${isWithinHome('directory')}`)
      .all({ home })
    this.#matchDisk(kept.filter((row) => this.#sizeOf(toPartialId(row)) !== row.bytes))
  }

  /** Makes a record for a partial that was found without one: it was there before its server kept any. */
  adopt({ key, directory }: PartialId, began: number): void {
    this.exclusively(() => {
      const bytes = this.#one.get(key, directory) === undefined ? this.#sizeOf({ key, directory }) : undefined
      if (bytes !== undefined)
        this.#database
          .prepare('INSERT INTO uploads VALUES (?, ?, NULL, NULL, NULL, ?, ?, 1, NULL)')
          .run(key, directory, began, bytes)
    })
  }

  find({ key, directory }: PartialId): UploadRecord | undefined {
    const row = this.#one.get(key, directory)
    return row && toRecord(row)
  }

  /** Those of an account, as far as they are below `home`. */
  of(account: string, home: string): UploadRecord[] {
    return this.#database
      .prepare(
        `SELECT * FROM uploads WHERE account = :account AND ${isWithinHome('directory')} ORDER BY began`,
      )
      .all({ account, home })
      .map(toRecord)
  }

  /** Makes records say what is on the disk, unless somebody has gone on with the upload since they were read. */
  #matchDisk(rows: readonly Row[]): void {
    for (const row of rows)
      this.exclusively(() => {
        const { key, directory } = toPartialId(row)
        if (this.#one.get(key, directory)?.thread !== row.thread) return
        const bytes = this.#sizeOf({ key, directory })
        if (bytes === undefined) this.#forget.run(key, directory)
        else this.#keep.run(bytes, key, directory)
      })
  }
}

/** An account has been removed: whoever gets its name later must not see its uploads. */
export function disownUploads(database: DatabaseSync, account: string): void {
  database.prepare('UPDATE uploads SET account = NULL WHERE account = ?').run(account)
}

type Row = Record<string, SQLOutputValue>

function toPartialId({ key, directory }: Row): PartialId {
  return { key: String(key), directory: String(directory) }
}

function toRecord(row: Row): UploadRecord {
  const { name, account, length, began, thread } = row
  return {
    ...toPartialId(row),
    name: name === null ? undefined : String(name),
    account: account === null ? undefined : String(account),
    length: length === null ? undefined : Number(length),
    began: Number(began),
    running: thread !== null,
  }
}
