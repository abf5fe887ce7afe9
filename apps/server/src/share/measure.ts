import type { RemotePath } from '@ftp/protocol'
import type { Storage } from '../storage/storage.ts'
import { walk } from './list.ts'
import { localPathBelow } from './walk-storage.ts'

/** The maximum number of unreadable directories that are listed by name. */
const NAMED = 100

/** The space that a tree takes, as far as it can be read. */
export interface Usage {
  readonly bytes: number
  readonly files: number
  readonly directories: number
  /** Directories that could not be read, relative to the measured path; absent if there are none. */
  readonly unreadable?: readonly string[]
}

/** Measures a tree or a single file. Yields regularly, so that the caller can let other work run. */
export function* measure(storage: Storage, path: RemotePath): Generator<void, Usage> {
  const { entry } = storage.stat(path)
  if (entry.type !== 'directory') return { bytes: entry.size, files: 1, directories: 0 }
  let [bytes, files, directories] = [0, 0, 0]
  const unreadable: string[] = []
  const note = (name: string): void => {
    if (unreadable.length < NAMED) unreadable.push(name)
  }
  const options = { onUnnamable: () => {}, onUnreadable: note, below: localPathBelow }
  for (const { type, size } of walk(storage, path, '', options)) {
    if (type === 'directory') directories++
    else files++
    bytes += size
    if ((files + directories) % 256 === 0) yield
  }
  return { bytes, files, directories, ...(unreadable.length > 0 && { unreadable }) }
}
