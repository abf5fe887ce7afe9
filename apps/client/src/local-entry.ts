import type { BigIntStats } from 'node:fs'
import { type Entry, entryTypeOf, toMicroseconds } from '@ftp/protocol'

/** Something of this machine, described as the server describes what it has. */
export function toEntry(name: string, stats: BigIntStats): Entry {
  return {
    name,
    type: entryTypeOf(stats),
    size: stats.isFile() ? Number(stats.size) : 0,
    mtime: toMicroseconds(stats.mtimeNs),
    mode: Number(stats.mode) & 0o777,
  }
}
