import type { DatabaseSync } from 'node:sqlite'
import { localPath, TransferError } from '@ftp/protocol'
import { exclusively } from './databases/sqlite/transaction.ts'
import { UploadRecords } from './databases/sqlite/uploads.ts'
import type { Log } from './log/log.ts'
import type { PartialId } from './state/uploads.ts'
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
  /** Where to say that a partial cannot be measured. By default, that is said nowhere. */
  readonly log?: Pick<Log, 'warn'>
}

/** Opens the served folder. Disposing of the result closes the folder; the database stays open. */
export function openStorage(
  root: string,
  database: DatabaseSync,
  { thread = null, log, fs, descriptors }: OpenStorageOptions = {},
): OpenStorage {
  const sizeOf = ({ key, directory }: PartialId): number | 'unknown' | undefined => {
    try {
      return storage.partial(localPath(directory.split('/').filter(Boolean)), key)?.size
    } catch (error) {
      log?.warn({ key, directory, reason: TransferError.from(error).message }, 'a partial cannot be measured')
      return 'unknown'
    }
  }
  const uploads = new UploadRecords(database, thread, sizeOf)
  const storage = new Disk(root, (action) => exclusively(database, action), {
    fs,
    descriptors,
    partials: uploads,
  })
  return { storage, uploads, [Symbol.dispose]: () => storage[Symbol.dispose]() }
}
