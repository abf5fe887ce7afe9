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
  for (const entry of recursive
    ? walk(storage, path, '', { onUnnamable, below })
    : storage.list(path, onUnnamable)) {
    batch.push(entry)
    if (batch.length < BATCH) continue
    yield batch
    batch = []
  }
  yield batch
}

export interface WalkOptions {
  readonly onUnnamable: OnUnnamable
  /**
   * Called with each directory that cannot be read, by its name with the prefix; if it is missing, such a
   * directory ends the walk with an error.
   */
  readonly onUnreadable?: (name: string) => void
  /** The path of a directory in another one; undefined if that is too deep for the caller. */
  readonly below: (path: RemotePath, name: string) => RemotePath | undefined
}

/** Every entry below `path`, with `prefix` before each name. */
export function* walk(
  storage: Storage,
  path: RemotePath,
  prefix: string,
  options: WalkOptions,
): Generator<Entry> {
  const { onUnnamable, onUnreadable, below } = options
  const directories: string[] = []
  for (const entry of storage.list(path, onUnnamable)) {
    if (entry.type === 'directory') directories.push(entry.name)
    yield { ...entry, name: prefix + entry.name }
  }
  for (const name of directories) {
    const directory = below(path, name)
    if (directory === undefined) {
      onUnnamable()
      continue
    }
    try {
      yield* walk(storage, directory, `${prefix}${name}/`, options)
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
function below(path: RemotePath, name: string): RemotePath | undefined {
  try {
    return joinPath(path, name)
  } catch {
    return undefined
  }
}
