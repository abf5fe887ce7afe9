import type { RemotePath } from '@ftp/protocol'
import type { HeldPartial, Storage } from '../storage/storage.ts'
import { walkStorage } from './walk-storage.ts'

/** What an upload that has not ended has left so far; it may still be running. */
export interface Unfinished extends HeldPartial {
  /** Where the file is to be. */
  readonly directory: RemotePath
}

/** Every upload that has not ended, in the whole storage. */
export async function* findUnfinished(storage: Storage): AsyncGenerator<Unfinished> {
  for await (const { path: directory, isDirectory } of walkStorage(storage))
    if (isDirectory) for (const partial of storage.partials(directory)) yield { ...partial, directory }
}

/**
 * Removes what nobody has written to since `before`, in microseconds since 1970. A client that comes back after all
 * sends from the start.
 * @returns how many, and the keys of all others
 */
export async function removeAbandoned(
  storage: Storage,
  before: number,
): Promise<{ readonly removed: number; readonly left: ReadonlySet<string> }> {
  let removed = 0
  const left = new Set<string>()
  for await (const { directory, key, mtime } of findUnfinished(storage)) {
    if (mtime >= before) left.add(key)
    else {
      storage.removePartial(directory, key)
      removed++
    }
  }
  return { removed, left }
}
