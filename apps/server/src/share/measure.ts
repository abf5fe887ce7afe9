import type { RemotePath } from '@ftp/protocol'
import type { Storage } from '../storage/storage.ts'
import { walk } from './list.ts'

/** Directories that could not be read, by name; of more, only so many are named. */
const NAMED = 100

/** What a tree takes, as far as it can be read. */
export interface Usage {
  readonly bytes: number
  readonly files: number
  readonly directories: number
  /** Directories that could not be read, from the one that was asked for; absent where there are none. */
  readonly unreadable?: readonly string[]
}

/** Counts a tree, or one file. Yields now and then, for the caller to let others work. */
export function* measure(storage: Storage, path: RemotePath): Generator<void, Usage> {
  const { entry } = storage.stat(path)
  if (entry.type !== 'directory') return { bytes: entry.size, files: 1, directories: 0 }
  let [bytes, files, directories] = [0, 0, 0]
  const unreadable: string[] = []
  const note = (name: string): void => {
    if (unreadable.length < NAMED) unreadable.push(name)
  }
  for (const below of walk(storage, path, '', () => {}, note)) {
    if (below.type === 'directory') directories++
    else files++
    bytes += below.size
    if ((files + directories) % 256 === 0) yield
  }
  return { bytes, files, directories, ...(unreadable.length > 0 && { unreadable }) }
}
