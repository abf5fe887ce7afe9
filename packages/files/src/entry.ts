import { type Entry, entryTypeOf, toMicroseconds } from '@ftp/protocol'
import type { Stats } from './file-system.ts'

/** What a file system knows of something, as either side tells the other of it. */
export function toEntry(name: string, stats: Stats): Entry {
  const type = entryTypeOf(stats)
  return {
    name,
    type,
    size: type === 'file' ? Number(stats.size) : 0,
    mtime: toMicroseconds(stats.mtimeNs),
    mode: Number(stats.mode) & 0o777,
  }
}

/** Bytes of a file; of anything else none. */
export function sizeOf(stats: Stats): number {
  return stats.isFile() ? Number(stats.size) : 0
}
