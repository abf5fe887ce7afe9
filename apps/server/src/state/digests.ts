import type { DatabaseSync, StatementSync } from 'node:sqlite'
import { CHAIN_VALUE_SIZE } from '@ftp/md5'

/** Can be made again from the files: a power cut may forget the last rows. */
export const DIGESTS_TABLE = `
  CREATE TABLE IF NOT EXISTS digests (
    version TEXT PRIMARY KEY,   -- of the file whose content this is
    chain BLOB NOT NULL,        -- chaining values, 16 bytes for each whole block from the first
    md5 BLOB,                   -- of the whole file; null while only its beginning has been hashed
    upload TEXT                 -- the upload that stored this version, for answering a repeated commit
  ) STRICT, WITHOUT ROWID;
`

/** What is known of the content of one file version. */
export interface Digest {
  /** Chaining values, 16 bytes for each whole block from the first; possibly not up to the end. */
  readonly chain: Uint8Array
  readonly md5?: Uint8Array | undefined
  /** The upload that stored this version. */
  readonly upload?: string | undefined
}

/** The stored digests of file versions. A changed file has another version, so it can never get an old digest. */
export class Digests {
  readonly #find: StatementSync
  readonly #save: StatementSync

  constructor(database: DatabaseSync) {
    this.#find = database.prepare('SELECT chain, md5, upload FROM digests WHERE version = ?')
    this.#save = database.prepare(
      'INSERT OR REPLACE INTO digests (version, chain, md5, upload) VALUES (?, ?, ?, ?)',
    )
  }

  find(version: string): Digest | undefined {
    const row = this.#find.get(version)
    if (row === undefined || !(row.chain instanceof Uint8Array)) return undefined
    const md5 = row.md5 instanceof Uint8Array ? row.md5 : undefined
    // A damaged row is none: what it stands for can be computed again.
    if (row.chain.length % CHAIN_VALUE_SIZE !== 0 || (md5?.length ?? CHAIN_VALUE_SIZE) !== CHAIN_VALUE_SIZE)
      return undefined
    return {
      chain: row.chain,
      md5,
      upload: typeof row.upload === 'string' ? row.upload : undefined,
    }
  }

  save(version: string, digest: Digest): void {
    try {
      this.#save.run(version, digest.chain, digest.md5 ?? null, digest.upload ?? null)
    } catch {
      // The disk is full, say. The file is what counts; its digest can be computed again.
    }
  }
}
