import type { DatabaseSync } from 'node:sqlite'
import { parsePath } from '@ftp/protocol'
import { exclusively } from './state/transaction.ts'
import { UploadRecords } from './state/uploads.ts'
import { Disk } from './storage/disk.ts'
import type { FileSystem } from './storage/file-system.ts'

/** The served folder, and the records of the partials in it: whatever happens to these is recorded. */
export interface OpenStorage extends Disposable {
  readonly storage: Disk
  readonly uploads: UploadRecords
}

/**
 * Opens the served folder. Disposing of it closes that; the database stays open.
 * @param thread in which uploads run; null for whoever only looks after those of others
 */
export function openStorage(
  root: string,
  database: DatabaseSync,
  thread: number | null = null,
  files?: FileSystem,
): OpenStorage {
  const uploads = new UploadRecords(
    database,
    thread,
    ({ key, directory }) => storage.partial(parsePath(directory), key)?.size,
  )
  const storage = new Disk(root, (action) => exclusively(database, action), files, uploads)
  return { storage, uploads, [Symbol.dispose]: () => storage[Symbol.dispose]() }
}
