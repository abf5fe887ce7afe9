import type { RemotePath } from '@ftp/protocol'
import { walk } from './list.ts'
import { requirePermission, type Share } from './share.ts'

/** What a tree takes. */
export interface Usage {
  bytes: number
  files: number
  directories: number
}

/** Counts a tree, or one file. Yields now and then, for the caller to let others work. */
export function* usage(share: Share, path: RemotePath): Generator<void, Usage> {
  requirePermission(share, 'list')
  const { entry } = share.storage.stat(path)
  if (entry.type !== 'directory') return { bytes: entry.size, files: 1, directories: 0 }
  const total: Usage = { bytes: 0, files: 0, directories: 0 }
  for (const below of walk(share, path, '', () => {})) {
    if (below.type === 'directory') total.directories++
    else total.files++
    total.bytes += below.size
    if ((total.files + total.directories) % 256 === 0) yield
  }
  return total
}
