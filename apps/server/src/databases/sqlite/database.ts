import fs from 'node:fs'
import type { DatabaseSync } from 'node:sqlite'
import { fromErrno, TransferError } from '@ftp/protocol'
import { ACCOUNT_CLEAR_FTP, ACCOUNT_DOORS, ACCOUNTS_TABLES } from './accounts.ts'
import { AUDIT_DETAIL, AUDIT_DOOR, AUDIT_TABLE, AUDIT_TIMES } from './audit.ts'
import { DIGESTS_OF_ANY_DEVICE, DIGESTS_TABLE } from './digests.ts'
import { KNOWN_HOST_KEY_TABLE, KNOWN_KEY_TABLE } from './known-key.ts'
import { LINKS_TABLES } from './links.ts'
import { PUBLIC_KEYS_TABLE } from './public-keys.ts'
import { QUOTA_TABLES } from './quotas.ts'
import { SESSIONS_TABLE } from './sessions.ts'
import { StateDatabase, type StateDatabaseOptions } from './state-database.ts'
import { TOKENS_TABLE } from './tokens.ts'
import { RATE_TABLES } from './total-rate.ts'
import { exclusively } from './transaction.ts'
import { BELIEVED_CLOCK_TABLE } from './trusted-clock.ts'
import { UPLOAD_CHAINS_TABLES } from './upload-chains.ts'
import { UPLOADS_TABLE } from './uploads.ts'

/**
 * The statements that create the tables, in historical order; the module that owns a table defines it. Only
 * ever append: each database records how many of them it has executed (`PRAGMA user_version`).
 */
const MIGRATIONS: readonly string[] = [
  DIGESTS_TABLE,
  AUDIT_TABLE,
  ACCOUNTS_TABLES,
  QUOTA_TABLES,
  RATE_TABLES,
  AUDIT_DETAIL,
  UPLOADS_TABLE,
  KNOWN_KEY_TABLE,
  BELIEVED_CLOCK_TABLE,
  AUDIT_TIMES,
  ACCOUNT_DOORS,
  AUDIT_DOOR,
  TOKENS_TABLE,
  UPLOAD_CHAINS_TABLES,
  SESSIONS_TABLE,
  LINKS_TABLES,
  PUBLIC_KEYS_TABLE,
  ACCOUNT_CLEAR_FTP,
  KNOWN_HOST_KEY_TABLE,
  DIGESTS_OF_ANY_DEVICE,
]

/** How long a command or a starting server waits for other writers, in milliseconds. */
const WAIT_MS = 10_000

/**
 * Opens the server's state. Every handler thread has its own connection, and works in transactions.
 *
 * With `synchronous = NORMAL`, a power loss may lose the latest rows but never damages the others. A module
 * whose rows must not be lost says so.
 * @throws TransferError `version` if a newer server has written the database, and StateError if it cannot be
 * used
 */
export function openDatabase(
  file: string,
  { timeout = WAIT_MS, ...options }: Partial<StateDatabaseOptions> = {},
): DatabaseSync {
  try {
    // Create the file with the right mode from the first byte; SQLite gives the same mode to the files beside
    // it.
    fs.closeSync(fs.openSync(file, 'a', 0o600))
  } catch (error) {
    throw fromErrno(error, `the state in "${file}"`)
  }
  const database = new StateDatabase(file, { timeout, ...options })
  try {
    // Without fullfsync, macOS syncs only as far as the memory of the disk. Elsewhere it changes nothing.
    database.exec('PRAGMA journal_mode = WAL; PRAGMA synchronous = NORMAL; PRAGMA fullfsync = TRUE;')
    if (versionOf(database) !== MIGRATIONS.length) exclusively(database, () => migrate(database, file))
  } catch (error) {
    database.close()
    throw error
  }
  return database
}

function migrate(database: DatabaseSync, file: string): void {
  const version = versionOf(database)
  if (version > MIGRATIONS.length) {
    throw new TransferError('version', `"${file}" was written by a newer ftp-server; use that one`)
  }
  for (const migration of MIGRATIONS.slice(version)) database.exec(migration)
  database.exec(`PRAGMA user_version = ${MIGRATIONS.length}`)
}

function versionOf(database: DatabaseSync): number {
  return Number(database.prepare('PRAGMA user_version').get()?.user_version)
}
