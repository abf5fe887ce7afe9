import type { DatabaseSync, SQLOutputValue, StatementSync } from 'node:sqlite'
import { CHAIN_VALUE_SIZE } from '@ftp/md5'
import type { RecordedChain } from '../../state/uploads.ts'
import { exclusively } from './transaction.ts'

/**
 * Notes about uploads whose chains the server computes, the chains, and the answers to such uploads after
 * they have become files. See docs/decisions/0040.
 */
export const UPLOAD_CHAINS_TABLES = `
  ALTER TABLE uploads ADD COLUMN note TEXT;       -- made by the share, JSON; null if the client proves the partial with a chain of its own
  ALTER TABLE uploads ADD COLUMN trusted TEXT;    -- the version in which this server has left the partial, proven
  CREATE TABLE upload_chains (
    key TEXT NOT NULL,          -- of the upload
    block INTEGER NOT NULL,     -- the number of blocks before this part
    chain BLOB NOT NULL,        -- 16 bytes for each whole block
    value BLOB NOT NULL,        -- the chaining value at the end, a multiple of 64 bytes
    size INTEGER NOT NULL,      -- bytes before the end
    tail BLOB NOT NULL,         -- the bytes after that, fewer than 64
    PRIMARY KEY (key, block)
  ) STRICT, WITHOUT ROWID;
  CREATE TRIGGER upload_gone AFTER DELETE ON uploads BEGIN
    DELETE FROM upload_chains WHERE key = OLD.key;
  END;
  CREATE TABLE stored_uploads (
    key TEXT PRIMARY KEY,
    account TEXT NOT NULL,
    path TEXT NOT NULL,         -- of the file, below the account's home
    answer TEXT NOT NULL,       -- JSON
    time INTEGER NOT NULL       -- milliseconds since 1970
  ) STRICT, WITHOUT ROWID;
  CREATE INDEX stored_uploads_time ON stored_uploads (time);
`

/** The chains of partials. They are written in parts, so that a long one is not written again and again. */
export class UploadChains {
  readonly #database: DatabaseSync
  readonly #find: StatementSync
  readonly #cut: StatementSync
  readonly #save: StatementSync

  constructor(database: DatabaseSync) {
    this.#database = database
    this.#find = database.prepare('SELECT * FROM upload_chains WHERE key = ? ORDER BY block')
    this.#cut = database.prepare('DELETE FROM upload_chains WHERE key = ? AND block >= ?')
    this.#save = database.prepare('INSERT INTO upload_chains VALUES (?, ?, ?, ?, ?, ?)')
  }

  /** The recorded chain; undefined if there is none, or if it is damaged. */
  find(key: string): RecordedChain | undefined {
    const parts: Uint8Array[] = []
    let end: Omit<RecordedChain, 'chain'> | undefined
    let blocks = 0
    for (const row of this.#find.all(key)) {
      const chain = bytesIn(row.chain)
      // A damaged row counts as missing, and so do all rows after it.
      if (row.block !== blocks || chain.length % CHAIN_VALUE_SIZE !== 0) break
      parts.push(chain)
      blocks += chain.length / CHAIN_VALUE_SIZE
      end = { value: bytesIn(row.value), size: Number(row.size), tail: bytesIn(row.tail) }
    }
    return end && { chain: Buffer.concat(parts), ...end }
  }

  /**
   * Records the chain from a block on; what was recorded for that block and the ones after it is replaced.
   * @param block the number of blocks before `chain`
   */
  save(key: string, block: number, { chain, value, size, tail }: RecordedChain): void {
    exclusively(this.#database, () => {
      this.#cut.run(key, block)
      this.#save.run(key, block, chain, value, size, tail)
    })
  }
}

function bytesIn(value: SQLOutputValue | undefined): Uint8Array {
  return value instanceof Uint8Array ? value : new Uint8Array(0)
}
