import { type Entry, entryTypeOf, toMicroseconds } from '@ftp/protocol'
import type { Stats } from './file-system.ts'

/** Converts the result of stat(2) to an entry, as client and server exchange them. */
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

/** The size of a file in bytes; 0 for anything else. */
export function sizeOf(stats: Stats): number {
  return stats.isFile() ? Number(stats.size) : 0
}
