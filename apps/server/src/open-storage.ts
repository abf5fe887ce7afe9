import type { DatabaseSync } from 'node:sqlite'
import { parsePath } from '@ftp/protocol'
import { exclusively } from './state/transaction.ts'
import { UploadRecords } from './state/uploads.ts'
import { Disk, type DiskOptions } from './storage/disk.ts'

/** The served folder, and the records of the partials in it. Every change to a partial updates its record. */
export interface OpenStorage extends Disposable {
  readonly storage: Disk
  readonly uploads: UploadRecords
}

export interface OpenStorageOptions extends Pick<DiskOptions, 'fs' | 'descriptors'> {
  /**
   * The thread in which uploads run; null, the default, if the caller only maintains the records of other
   * threads.
   */
  readonly thread?: number | null
}

/** Opens the served folder. Disposing of the result closes the folder; the database stays open. */
export function openStorage(
  root: string,
  database: DatabaseSync,
  { thread = null, fs, descriptors }: OpenStorageOptions = {},
): OpenStorage {
  const uploads = new UploadRecords(
    database,
    thread,
    ({ key, directory }) => storage.partial(parsePath(directory), key)?.size,
  )
  const storage = new Disk(root, (action) => exclusively(database, action), {
    fs,
    descriptors,
    partials: uploads,
  })
  return { storage, uploads, [Symbol.dispose]: () => storage[Symbol.dispose]() }
}
