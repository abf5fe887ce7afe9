import { DatabaseSync } from 'node:sqlite'

const SCHEMA = `
  CREATE TABLE IF NOT EXISTS digests (
    version TEXT PRIMARY KEY,   -- of the file whose content this is
    chain BLOB NOT NULL,        -- chaining values, 16 bytes for each whole block from the first
    md5 BLOB,                   -- of the whole file; null while only its beginning has been hashed
    upload TEXT                 -- the upload that stored this version, for answering a repeated commit
  ) STRICT, WITHOUT ROWID;
`

/**
 * Opens the server's state. Every handler thread has its own connection; what they do is transactional.
 *
 * `synchronous = NORMAL`: a power cut may forget the last rows, never damage the others, and everything in here can
 * be made again from the files.
 */
export function openDatabase(file: string): DatabaseSync {
  const database = new DatabaseSync(file, { timeout: 10_000 })
  database.exec('PRAGMA journal_mode = WAL; PRAGMA synchronous = NORMAL;')
  database.exec(SCHEMA)
  return database
}

/** Runs `action` in a write transaction: no other thread's runs meanwhile, and it is released if this one dies. */
export function exclusively<T>(database: DatabaseSync, action: () => T): T {
  database.exec('BEGIN IMMEDIATE')
  try {
    return action()
  } finally {
    database.exec('COMMIT')
  }
}
