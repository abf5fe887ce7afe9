import { formatPath, type RemotePath, TransferError } from '@ftp/protocol'
import type { UploadRecords } from '../databases/sqlite/uploads.ts'
import type { PartialId } from '../state/uploads.ts'
import type { HeldPartial, Storage } from '../storage/storage.ts'
import { walkStorage } from './walk-storage.ts'

/**
 * The length of a partial's key. Files whose bytes arrive all at once have hidden names with shorter keys:
 * they cannot be continued, and they get their final names within seconds.
 */
const KEY_DIGITS = 32
/** The age, in microseconds, from which such a hidden file is considered abandoned. */
const WHOLE_FILE = 3_600_000_000

/** The partial of an upload that has not ended; the upload may still be running. */
export interface Unfinished extends HeldPartial {
  /** The directory of the future file. */
  readonly directory: RemotePath
}

/** Every unfinished upload in the whole storage. */
export async function* findUnfinished(storage: Storage): AsyncGenerator<Unfinished> {
  for await (const { path: directory, isDirectory } of walkStorage(storage))
    if (isDirectory) for (const partial of partialsIn(storage, directory)) yield { ...partial, directory }
}

/** If this user may not read the directory, there are none: nothing can be stored there either. */
function* partialsIn(storage: Storage, directory: RemotePath): Generator<HeldPartial> {
  try {
    yield* storage.partials(directory)
  } catch (error) {
    if (TransferError.from(error).code === 'internal') throw error
  }
}

/** Identifies a partial in its record. The directory is relative to the root of the whole storage. */
export function partialId({ key, directory }: Pick<Unfinished, 'key' | 'directory'>): PartialId {
  return { key, directory: formatPath(directory) }
}

/**
 * Removes partials to which nothing has been written since `before`, in microseconds since 1970. If a client
 * returns to one of them, it sends the file from the start. Any remaining partial that can be resumed but has
 * no record gets one.
 * @param storage the storage of all homes
 * @returns the number of removed partials
 */
export async function removeAbandoned(
  storage: Storage,
  uploads: UploadRecords,
  before: number,
): Promise<number> {
  let removed = 0
  const soon = Math.max(before, Date.now() * 1_000 - WHOLE_FILE)
  for await (const unfinished of findUnfinished(storage)) {
    const { directory, key, mtime } = unfinished
    const isContinuable = key.length === KEY_DIGITS
    const id = partialId(unfinished)
    if (mtime >= (isContinuable ? before : soon)) {
      if (isContinuable) uploads.adopt(id, mtime)
    } else if (uploads.find(id)?.running !== true) {
      storage.removePartial(directory, key)
      removed++
    }
  }
  uploads.check('')
  return removed
}
