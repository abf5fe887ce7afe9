import type { RemotePath } from '@ftp/protocol'
import type { Storage } from '../storage/storage.ts'
import { walk } from './list.ts'
import { type OmissionFields, Omissions } from './omissions.ts'
import { localPathBelow } from './walk-storage.ts'

/** The space that a tree takes, as far as it can be read and named. */
export interface Usage extends OmissionFields {
  readonly bytes: number
  readonly files: number
  readonly directories: number
}

/** Measures a tree or a single file. Yields regularly, so that the caller can let other work run. */
export function* measure(storage: Storage, path: RemotePath): Generator<void, Usage> {
  const { entry } = storage.stat(path)
  if (entry.type !== 'directory') return { bytes: entry.size, files: 1, directories: 0 }
  let [bytes, files, directories] = [0, 0, 0]
  const omitted = new Omissions()
  const options = {
    omitted,
    entries: (...of: Parameters<Storage['list']>) => storage.list(...of),
    below: localPathBelow,
  }
  for (const { type, size } of walk(path, '', options)) {
    if (type === 'directory') directories++
    else files++
    bytes += size
    if ((files + directories) % 256 === 0) yield
  }
  return { bytes, files, directories, ...omitted.fields }
}
