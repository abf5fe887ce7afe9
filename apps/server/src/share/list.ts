import { type Entry, joinPath, type RemotePath, TransferError } from '@ftp/protocol'
import type { Storage } from '../storage/storage.ts'
import { requirePermission, type Share } from './share.ts'

/** Called for each name on the disk that no path of this protocol can express. */
export type OnUnnamable = () => void

/** Entries per batch: enough that the cost of a promise per batch is negligible. */
const BATCH = 64

/**
 * The entries of a directory, in batches. With `recursive`, the entries of the whole tree below it; each
 * directory comes before its contents.
 */
export async function* list(
  share: Share,
  path: RemotePath,
  recursive: boolean,
  onUnnamable: OnUnnamable,
): AsyncGenerator<readonly Entry[]> {
  requirePermission(share, 'list')
  const { storage } = share
  let batch: Entry[] = []
  for (const entry of recursive ? walk(storage, path, '', onUnnamable) : storage.list(path, onUnnamable)) {
    batch.push(entry)
    if (batch.length < BATCH) continue
    yield batch
    batch = []
  }
  yield batch
}

/**
 * Every entry below `path`, with `prefix` before each name.
 * @param onUnreadable called with each directory below `path` that cannot be read, by its name relative to
 * `path`; if it is missing, such a directory ends the walk with an error
 */
export function* walk(
  storage: Storage,
  path: RemotePath,
  prefix: string,
  onUnnamable: OnUnnamable,
  onUnreadable?: (name: string) => void,
): Generator<Entry> {
  const directories: string[] = []
  for (const entry of storage.list(path, onUnnamable)) {
    if (entry.type === 'directory') directories.push(entry.name)
    yield { ...entry, name: prefix + entry.name }
  }
  for (const name of directories) {
    const below = pathBelow(path, name)
    if (below === undefined) {
      onUnnamable()
      continue
    }
    try {
      yield* walk(storage, below, `${prefix}${name}/`, onUnnamable, onUnreadable)
    } catch (error) {
      const { code } = TransferError.from(error)
      // A directory that was removed during the walk is not an error.
      if (onUnreadable === undefined || (code !== 'not_found' && code !== 'forbidden' && code !== 'io'))
        throw error
      if (code !== 'not_found') onUnreadable(prefix + name)
    }
  }
}

/** Undefined if the directory is too deep for a path of this protocol. */
function pathBelow(path: RemotePath, name: string): RemotePath | undefined {
  try {
    return joinPath(path, name)
  } catch {
    return undefined
  }
}
