import { type Entry, entryTypeOf, toMicroseconds } from '@ftp/protocol'
import type { Stats } from './file-system.ts'

/** Converts the result of stat(2) to an entry, as client and server exchange them. */
export function toEntry(name: string, stats: Stats): Entry {
  const type = entryTypeOf(stats)
  const mode = modeOf(stats)
  return {
    name,
    type,
    size: type === 'file' ? Number(stats.size) : 0,
    mtime: toMicroseconds(stats.mtimeNs),
    ...(mode !== undefined && { mode }),
  }
}

/**
 * The permission bits of a file or directory. On Windows there are none: those that Node.js reports are made up of the
 * read-only attribute, and no other system should be given them.
 */
export function modeOf({ mode }: Pick<Stats, 'mode'>, platform = process.platform): number | undefined {
  return platform === 'win32' ? undefined : Number(mode) & 0o777
}

/** The size of a file in bytes; 0 for anything else. */
export function sizeOf(stats: Stats): number {
  return stats.isFile() ? Number(stats.size) : 0
}
