import { formatPath, type RemotePath, TransferError } from '@ftp/protocol'
import type { PartialId, UploadRecords } from '../state/uploads.ts'
import type { HeldPartial, Storage } from '../storage/storage.ts'
import { walkStorage } from './walk-storage.ts'

/**
 * Of a partial's key. A file whose bytes came all at once has a shorter one under its hidden name: nobody continues it, and
 * it gets its own name within seconds.
 */
const KEY_DIGITS = 32
/** How old a hidden file of that kind is when nothing will become of it any more, in microseconds. */
const WHOLE_FILE = 3_600_000_000

/** What an upload that has not ended has left so far; it may still be running. */
export interface Unfinished extends HeldPartial {
  /** Where the file is to be. */
  readonly directory: RemotePath
}

/** Every upload that has not ended, in the whole storage. */
export async function* findUnfinished(storage: Storage): AsyncGenerator<Unfinished> {
  for await (const { path: directory, isDirectory } of walkStorage(storage))
    if (isDirectory) for (const partial of partialsIn(storage, directory)) yield { ...partial, directory }
}

/** None where this user may not look: nothing can be stored there either. */
function* partialsIn(storage: Storage, directory: RemotePath): Generator<HeldPartial> {
  try {
    yield* storage.partials(directory)
  } catch (error) {
    if (TransferError.from(error).code === 'internal') throw error
  }
}

/** Names a partial in its record. @param storage the whole one */
export function partialId({ key, directory }: Pick<Unfinished, 'key' | 'directory'>): PartialId {
  return { key, directory: formatPath(directory) }
}

/**
 * Removes what nobody has written to since `before`, in microseconds since 1970: a client that comes back after all sends from
 * the start. What is left gets a record where it has none.
 * @param storage the whole one
 * @returns how many were removed
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
