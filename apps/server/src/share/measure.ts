import type { RemotePath } from '@ftp/protocol'
import type { Storage } from '../storage/storage.ts'
import { walk } from './list.ts'

/** What a tree takes. */
export interface Usage {
  readonly bytes: number
  readonly files: number
  readonly directories: number
}

/** Counts a tree, or one file. Yields now and then, for the caller to let others work. */
export function* measure(storage: Storage, path: RemotePath): Generator<void, Usage> {
  const { entry } = storage.stat(path)
  if (entry.type !== 'directory') return { bytes: entry.size, files: 1, directories: 0 }
  let [bytes, files, directories] = [0, 0, 0]
  for (const below of walk(storage, path, '', () => {})) {
    if (below.type === 'directory') directories++
    else files++
    bytes += below.size
    if ((files + directories) % 256 === 0) yield
  }
  return { bytes, files, directories }
}
