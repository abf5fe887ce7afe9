import { type Entry, joinPath, type RemotePath, TransferError } from '@ftp/protocol'
import type { Storage } from '../storage/storage.ts'
import { requirePermission, type Share } from './share.ts'

/** Called for each name on the disk that no path of this protocol can hold. */
export type OnUnnamable = () => void

/** Entries that are listed in one go: enough for the way through a promise to cost nothing beside them. */
const BATCH = 64

/**
 * The entries of a directory, a batch at a time; with `recursive` of the whole tree below it, each directory before
 * what is in it.
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
 * Every entry below `path`; `prefix` goes before each name.
 * @param onUnreadable called with each directory below it that may not be read, by its name from `path`; without it, the
 * walk ends there with an error
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
      // What was removed meanwhile is not there.
      if (onUnreadable === undefined || (code !== 'not_found' && code !== 'forbidden' && code !== 'io'))
        throw error
      if (code !== 'not_found') onUnreadable(prefix + name)
    }
  }
}

/** Undefined where the disk goes deeper than a path of this protocol. */
function pathBelow(path: RemotePath, name: string): RemotePath | undefined {
  try {
    return joinPath(path, name)
  } catch {
    return undefined
  }
}
