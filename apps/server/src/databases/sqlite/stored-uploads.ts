import type { DatabaseSync, StatementSync } from 'node:sqlite'
import { StateError } from '../../state/state-error.ts'
import type { StoredUpload } from '../../state/uploads.ts'
import { exclusively } from './transaction.ts'

/** How long an upload that has become a file is remembered, in milliseconds. */
const KEEP_MS = 86_400_000
/** The maximum number of old rows that one new row removes. */
const BATCH = 100

/**
 * Uploads that have become files, by the key under which the client knows them: if its answer was lost, it
 * asks again. They are forgotten after a day.
 */
export class StoredUploads {
  readonly #database: DatabaseSync
  readonly #find: StatementSync
  readonly #save: StatementSync
  readonly #forget: StatementSync

  constructor(database: DatabaseSync) {
    this.#database = database
    this.#find = database.prepare('SELECT path, answer FROM stored_uploads WHERE key = ? AND account = ?')
    this.#save = database.prepare('INSERT OR REPLACE INTO stored_uploads VALUES (?, ?, ?, ?, ?)')
    this.#forget = database.prepare(
      `DELETE FROM stored_uploads WHERE key IN
         (SELECT key FROM stored_uploads WHERE time < ? ORDER BY time LIMIT ${BATCH})`,
    )
  }

  find(key: string, account: string): StoredUpload | undefined {
    const row = this.#find.get(key, account)
    return row && { path: String(row.path), answer: String(row.answer) }
  }

  /** If the state cannot be written, nothing is remembered: what matters is the file. */
  save(key: string, account: string, { path, answer }: StoredUpload): void {
    const now = Date.now()
    try {
      exclusively(this.#database, () => {
        this.#forget.run(now - KEEP_MS)
        this.#save.run(key, account, path, answer, now)
      })
    } catch (error) {
      if (!(error instanceof StateError)) throw error
    }
  }
}
