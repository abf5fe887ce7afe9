import fs from 'node:fs'
import type { DatabaseSync } from 'node:sqlite'
import { fromErrno, TransferError } from '@ftp/protocol'
import { ACCOUNTS_TABLES } from './accounts.ts'
import { AUDIT_DETAIL, AUDIT_TABLE, AUDIT_TIMES } from './audit.ts'
import { DIGESTS_TABLE } from './digests.ts'
import { KNOWN_KEY_TABLE } from './known-key.ts'
import { QUOTA_TABLES } from './quotas.ts'
import { StateDatabase, type StateDatabaseOptions } from './state-database.ts'
import { RATE_TABLES } from './total-rate.ts'
import { exclusively } from './transaction.ts'
import { BELIEVED_CLOCK_TABLE } from './trusted-clock.ts'
import { UPLOADS_TABLE } from './uploads.ts'

/**
 * What made the tables, in the order in which it came to be; each table is written down in the module that owns it.
 * Only ever added to: a database remembers how many of them it has seen (`PRAGMA user_version`).
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
]

/** How long a command, or a start, waits for others that write. */
const WAIT_MS = 10_000

/**
 * Opens the server's state. Every handler thread has its own connection; what they do is transactional.
 *
 * `synchronous = NORMAL`: a power cut may forget the last rows, never damage the others. Where a row must not be
 * forgotten, its module says so.
 * @throws TransferError `version` when a newer server has written it, and a StateError when it cannot be used
 */
export function openDatabase(
  file: string,
  { timeout = WAIT_MS, ...options }: Partial<StateDatabaseOptions> = {},
): DatabaseSync {
  try {
    // With the right mode from its first byte on; what SQLite puts beside it gets the same.
    fs.closeSync(fs.openSync(file, 'a', 0o600))
  } catch (error) {
    throw fromErrno(error, `the state in "${file}"`)
  }
  const database = new StateDatabase(file, { timeout, ...options })
  try {
    database.exec('PRAGMA journal_mode = WAL; PRAGMA synchronous = NORMAL;')
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
