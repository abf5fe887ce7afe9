import type { DatabaseSync, StatementSync } from 'node:sqlite'
import { CHAIN_VALUE_SIZE } from '@ftp/md5'
import type { Digest, NamedDigest } from '../../state/digests.ts'
import { StateError } from '../../state/state-error.ts'
import { inBatches } from './batches.ts'
import { exclusively } from './transaction.ts'

/** Digests can be computed again from the files, so a power loss may lose the latest rows. */
export const DIGESTS_TABLE = `
  CREATE TABLE IF NOT EXISTS digests (
    version TEXT PRIMARY KEY,   -- of the file whose content this is
    chain BLOB NOT NULL,        -- chaining values, 16 bytes for each whole block from the first
    md5 BLOB,                   -- of the whole file; null while only its beginning has been hashed
    upload TEXT                 -- the upload that stored this version, for answering a repeated commit
  ) STRICT, WITHOUT ROWID;
`

/** A version begins with the device number, which counts as 0 for the root's file system. */
export const DIGESTS_OF_ANY_DEVICE = `
  UPDATE OR REPLACE digests SET version = '0' || substr(version, instr(version, '-'))
    WHERE version NOT LIKE '0-%' AND version LIKE '%-%';
`

const SAVE = 'INSERT OR REPLACE INTO digests (version, chain, md5, upload) VALUES (?, ?, ?, ?)'

/** The maximum number of recorded digests that wait to be saved. Any others have to be computed again. */
const UNSAVED = 1_000
/** How long new digests wait so that they can be saved in a batch, in milliseconds. */
const BATCH_MS = 100

/**
 * The stored digests of file versions. A changed file has a new version, so it can never get an old digest.
 */
export class Digests {
  readonly #find: StatementSync
  readonly #save: StatementSync
  readonly #database: DatabaseSync
  readonly #unsaved = new Map<string, Digest>()
  readonly #background: DatabaseSync
  readonly #saveLater: StatementSync
  readonly #forget: StatementSync
  readonly #versions: StatementSync

  /**
   * @param background a connection that does not wait for other writers; it saves what {@link record} takes
   */
  constructor(database: DatabaseSync, background = database) {
    this.#database = database
    this.#background = background
    this.#saveLater = background.prepare(SAVE)
    this.#find = database.prepare('SELECT chain, md5, upload FROM digests WHERE version = ?')
    this.#save = database.prepare(SAVE)
    this.#forget = database.prepare('DELETE FROM digests WHERE version = ?')
    this.#versions = database.prepare('SELECT version FROM digests')
  }

  find(version: string): Digest | undefined {
    const learnt = this.#unsaved.get(version)
    if (learnt !== undefined) return learnt
    const row = this.#row(version)
    if (row === undefined || !(row.chain instanceof Uint8Array)) return undefined
    const md5 = row.md5 instanceof Uint8Array ? row.md5 : undefined
    // A damaged row counts as missing, because the digest can be computed again.
    if (row.chain.length % CHAIN_VALUE_SIZE !== 0 || (md5?.length ?? CHAIN_VALUE_SIZE) !== CHAIN_VALUE_SIZE)
      return undefined
    return {
      chain: row.chain,
      md5,
      upload: typeof row.upload === 'string' ? row.upload : undefined,
    }
  }

  /** If the state cannot be read, the file is read as if it had no digest. */
  #row(version: string): ReturnType<StatementSync['get']> {
    try {
      return this.#find.get(version)
    } catch (error) {
      if (error instanceof StateError) return undefined
      throw error
    }
  }

  save(version: string, digest: Digest): void {
    this.saveAll([[version, digest]])
  }

  /** Saves several digests at the cost of one. */
  saveAll(digests: readonly NamedDigest[]): void {
    if (digests.length === 0) return
    try {
      exclusively(this.#database, () => put(this.#save, digests))
    } catch {
      // The disk may be full, for example. What matters is the file: its digest can be computed again.
    }
  }

  /** Saves a digest later, in a batch with others. Use this for digests that can be computed again. */
  record(version: string, digest: Digest): void {
    if (this.#unsaved.size === 0) this.#flushLater()
    if (this.#unsaved.size < UNSAVED) this.#unsaved.set(version, digest)
  }

  /** Saves the digests that are waiting. */
  flush(): void {
    try {
      exclusively(this.#background, () => put(this.#saveLater, [...this.#unsaved]))
    } catch (error) {
      // Another process or thread is writing: try again later.
      if (error instanceof StateError && error.code === 'busy') return this.#flushLater()
    }
    this.#unsaved.clear()
  }

  #flushLater(): void {
    setTimeout(() => this.flush(), BATCH_MS).unref()
  }

  forget(version: string): void {
    this.#forget.run(version)
  }

  /** Removes any number of digests, in batches, so that other writers hardly have to wait. */
  async forgetAll(versions: readonly string[]): Promise<void> {
    await inBatches(versions, (batch) =>
      exclusively(this.#database, () => {
        for (const version of batch) this.#forget.run(version)
      }),
    )
  }

  /** All versions that have a digest. */
  versions(): Set<string> {
    return new Set(this.#versions.all().map(({ version }) => String(version)))
  }
}

function put(statement: StatementSync, digests: readonly NamedDigest[]): void {
  for (const [version, { chain, md5 = null, upload = null }] of digests)
    statement.run(version, chain, md5, upload)
}
