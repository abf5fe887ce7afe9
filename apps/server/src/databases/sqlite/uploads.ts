import type { DatabaseSync, SQLOutputValue, StatementSync } from 'node:sqlite'
import type { BeginningUpload, PartialId, SizeOf, UploadRecord } from '../../state/uploads.ts'
import { StoredUploads } from './stored-uploads.ts'
import { exclusively } from './transaction.ts'
import { UploadChains } from './upload-chains.ts'
import { isWithinHome } from './within.ts'

export const UPLOADS_TABLE = `
  DROP TABLE reservations;
  CREATE TABLE uploads (
    key TEXT NOT NULL,          -- names the partial in its directory
    directory TEXT NOT NULL,    -- path from the root
    name TEXT,                  -- of the file; null for a partial that was found without a record
    account TEXT,               -- null if there is no record, or if the account has been removed
    length INTEGER,             -- of the file; null if it is not known
    began INTEGER NOT NULL,     -- microseconds since 1970-01-01 UTC
    bytes INTEGER NOT NULL,     -- the space that it takes of quotas
    files INTEGER NOT NULL,
    thread INTEGER,             -- the one in which it runs; null if it was interrupted and its partial is kept
    PRIMARY KEY (key, directory)
  ) STRICT, WITHOUT ROWID;
  CREATE INDEX uploads_file ON uploads (directory, name);
`

/**
 * The records of partials: the owner of each, its future file, and the space that it takes of quotas. While
 * an upload runs, its record holds the space that it has reserved. After the upload has ended, for whatever
 * reason, the record matches the disk: the bytes of the partial and one file, or no record if the partial is
 * gone. Therefore, remove a partial only within {@link exclusively}, and then call {@link removed}.
 *
 * If the disk does not say how large a partial is, its record keeps the space that it had until the next
 * {@link check}: one such partial must stop neither the others nor the start of a server.
 */
export class UploadRecords {
  /** The chains that the server computes itself. They go with the record. */
  readonly chains: UploadChains
  /** The uploads that have become files, of which no record is left. */
  readonly stored: StoredUploads
  readonly #database: DatabaseSync
  readonly #thread: number | null
  readonly #sizeOf: SizeOf
  readonly #begin: StatementSync
  readonly #learn: StatementSync
  readonly #trust: StatementSync
  readonly #reserve: StatementSync
  readonly #mine: StatementSync
  readonly #one: StatementSync
  readonly #others: StatementSync
  readonly #keep: StatementSync
  readonly #end: StatementSync
  readonly #forget: StatementSync
  readonly #publish: StatementSync

  /**
   * @param thread the thread in which uploads run; null if the caller only maintains the records of other
   * threads
   */
  constructor(database: DatabaseSync, thread: number | null, sizeOf: SizeOf) {
    this.#database = database
    this.chains = new UploadChains(database)
    this.stored = new StoredUploads(database)
    this.#thread = thread
    this.#sizeOf = sizeOf
    this.#begin = database.prepare(
      `INSERT INTO uploads VALUES (:key, :directory, :name, :account, :length, :now, 0, 0, :thread, :note, NULL)
       ON CONFLICT DO UPDATE SET name = :name, account = :account, length = :length, thread = :thread,
         note = :note, trusted = NULL`,
    )
    this.#learn = database.prepare('UPDATE uploads SET length = ?, note = ? WHERE key = ? AND thread = ?')
    this.#trust = database.prepare('UPDATE uploads SET trusted = ? WHERE key = ? AND thread = ?')
    this.#reserve = database.prepare('UPDATE uploads SET bytes = ?, files = ? WHERE key = ? AND thread = ?')
    this.#mine = database.prepare('SELECT * FROM uploads WHERE key = ? AND thread = ?')
    this.#one = database.prepare('SELECT * FROM uploads WHERE key = ? AND directory = ?')
    this.#others = database.prepare(
      'SELECT 1 FROM uploads WHERE directory = ? AND name = ? AND key <> ? LIMIT 1',
    )
    this.#keep = database.prepare(
      'UPDATE uploads SET bytes = ?, files = 1, thread = NULL WHERE key = ? AND directory = ?',
    )
    this.#end = database.prepare('UPDATE uploads SET thread = NULL WHERE key = ? AND directory = ?')
    this.#forget = database.prepare('DELETE FROM uploads WHERE key = ? AND directory = ?')
    this.#publish = database.prepare(
      'DELETE FROM uploads WHERE key = ? AND thread = ? AND note IS NULL RETURNING directory, name',
    )
  }

  /** Runs a short action while no other thread or process changes a record; an error undoes the action. */
  exclusively<T>(action: () => T): T {
    return exclusively(this.#database, action)
  }

  /** Registers that an upload now runs, for the first time or again. */
  begin({ key, directory, name, account, length, note }: BeginningUpload): void {
    const [now, thread] = [Date.now() * 1_000, this.#thread]
    this.#begin.run({ key, directory, name, account, length, now, thread, note: note ?? null })
  }

  /** Registers what has become known about a running upload. */
  learn(key: string, { length, note }: Pick<BeginningUpload, 'length' | 'note'>): void {
    this.#learn.run(length, note ?? null, key, this.#thread)
  }

  /**
   * Registers, immediately before a running upload ends, that its recorded chain is that of the whole partial.
   * As long as this server runs and the partial has this version, the bytes need not be read again. A server
   * that starts trusts nothing: see {@link trustNothing}.
   */
  trust(key: string, version: string): void {
    this.#trust.run(version, key, this.#thread)
  }

  /** To be called when a server starts: a crash or a power loss may have changed any partial. */
  trustNothing(): void {
    this.#database.exec('UPDATE uploads SET trusted = NULL WHERE trusted IS NOT NULL')
  }

  /** Sets the space that a running upload takes of quotas. */
  reserve(key: string, { bytes, files }: { readonly bytes: number; readonly files: number }): void {
    this.#reserve.run(bytes, files, key, this.#thread)
  }

  /**
   * Registers that a running upload becomes a file: the file counts instead of the reservation. Call this in the
   * transaction that gives the file its name. A record with a note stays until the {@link end}, because its
   * client may ask for the upload until the answer has been stored.
   * @returns the path of the file, relative to the root: its directory may have been moved since the upload
   * began. Undefined if the upload has no record
   */
  published(key: string): string | undefined {
    const row = this.#publish.get(key, this.#thread) ?? this.#mine.get(key, this.#thread)
    this.reserve(key, { bytes: 0, files: 0 })
    return row && [row.directory, row.name].filter((part) => part !== '').join('/')
  }

  /** Whether another upload is to become the same file. */
  hasRivals({ key, directory, name }: PartialId & { readonly name: string }): boolean {
    return this.#others.get(directory, name, key) !== undefined
  }

  /**
   * Registers that a running upload has ended: as a file, as a partial that is kept, or with nothing. Writes
   * nothing if there is no record any more.
   */
  end(key: string): void {
    this.#matchDisk(this.#mine.all(key, this.#thread))
  }

  /** Does the same for all uploads of a thread that has died, or of a server that has. */
  endAll(thread?: number): void {
    const which = thread === undefined ? 'thread IS NOT NULL' : 'thread = :thread'
    this.#matchDisk(
      this.#database
        .prepare(`SELECT * FROM uploads WHERE ${which}`)
        .all(thread === undefined ? {} : { thread }),
    )
  }

  /**
   * Registers that a partial has been removed. A running upload keeps its reservation until it ends: its
   * bytes still exist.
   */
  removed(key: string): void {
    this.#matchDisk(this.#database.prepare('SELECT * FROM uploads WHERE key = ? AND thread IS NULL').all(key))
  }

  /** Registers that a directory, with the partials below it, has a new path. */
  moved(from: string, to: string): void {
    this.#database
      .prepare(
        `UPDATE OR REPLACE uploads SET directory = :to || substr(directory, length(:home) + 1)
         WHERE ${isWithinHome('directory')}`,
      )
      .run({ home: from, to })
  }

  /**
   * Updates the records of kept partials below `home` from the disk: other programs may have changed the
   * partials.
   */
  check(home: string): void {
    const kept = this.#database
      .prepare(`SELECT * FROM uploads WHERE thread IS NULL AND ${isWithinHome('directory')}`)
      .all({ home })
    const isStale = (row: Row): boolean => {
      const bytes = this.#sizeOf(toPartialId(row))
      return bytes !== 'unknown' && bytes !== row.bytes
    }
    this.#matchDisk(kept.filter(isStale))
  }

  /** Creates a record for a partial that has none, because it is older than the records. */
  adopt({ key, directory }: PartialId, began: number): void {
    this.exclusively(() => {
      const bytes = this.#one.get(key, directory) === undefined ? this.#sizeOf({ key, directory }) : undefined
      if (typeof bytes === 'number')
        this.#database
          .prepare('INSERT INTO uploads VALUES (?, ?, NULL, NULL, NULL, ?, ?, 1, NULL, NULL, NULL)')
          .run(key, directory, began, bytes)
    })
  }

  find({ key, directory }: PartialId): UploadRecord | undefined {
    const row = this.#one.get(key, directory)
    return row && toRecord(row)
  }

  /** The uploads of an account below `home`. */
  of(account: string, home: string): UploadRecord[] {
    return this.#database
      .prepare(
        `SELECT * FROM uploads WHERE account = :account AND ${isWithinHome('directory')} ORDER BY began`,
      )
      .all({ account, home })
      .map(toRecord)
  }

  /** An upload of an account below `home`, by its key. */
  ofKey(account: string, home: string, key: string): UploadRecord | undefined {
    const row = this.#database
      .prepare(
        `SELECT * FROM uploads WHERE key = :key AND account = :account AND ${isWithinHome('directory')}`,
      )
      .get({ key, account, home })
    return row && toRecord(row)
  }

  /** The uploads of an account to one path whose chains the server computes, the newest first. */
  to({ account, directory, name }: Pick<BeginningUpload, 'account' | 'directory' | 'name'>): UploadRecord[] {
    return this.#database
      .prepare(
        `SELECT * FROM uploads WHERE directory = ? AND name = ? AND account = ? AND note IS NOT NULL
         ORDER BY began DESC`,
      )
      .all(directory, name, account)
      .map(toRecord)
  }

  /** The number of uploads of an account that have not become files. */
  countOf(account: string): number {
    return Number(
      this.#database.prepare('SELECT count(*) AS count FROM uploads WHERE account = ?').get(account)?.count,
    )
  }

  /** Makes records match the disk, unless somebody has continued the upload since they were read. */
  #matchDisk(rows: readonly Row[]): void {
    for (const row of rows)
      this.exclusively(() => {
        const { key, directory } = toPartialId(row)
        if (this.#one.get(key, directory)?.thread !== row.thread) return
        const bytes = this.#sizeOf({ key, directory })
        if (bytes === undefined) this.#forget.run(key, directory)
        else if (bytes === 'unknown') this.#end.run(key, directory)
        else this.#keep.run(bytes, key, directory)
      })
  }
}

/**
 * Removes an account from the records: if its name is given to a new account, that one must not see these
 * uploads.
 */
export function disownUploads(database: DatabaseSync, account: string): void {
  database.prepare('UPDATE uploads SET account = NULL WHERE account = ?').run(account)
}

type Row = Record<string, SQLOutputValue>

function toPartialId({ key, directory }: Row): PartialId {
  return { key: String(key), directory: String(directory) }
}

function toRecord(row: Row): UploadRecord {
  const { name, account, length, began, thread, note, trusted } = row
  return {
    ...toPartialId(row),
    name: name === null ? undefined : String(name),
    account: account === null ? undefined : String(account),
    length: length === null ? undefined : Number(length),
    began: Number(began),
    running: thread !== null,
    note: typeof note === 'string' ? note : undefined,
    trusted: typeof trusted === 'string' ? trusted : undefined,
  }
}
