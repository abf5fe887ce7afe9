import type { BigIntStats } from 'node:fs'
import { type Entry, entryTypeOf, toMicroseconds } from '@ftp/protocol'

/** Something of this machine, described as the server describes what it has. */
export function toEntry(name: string, stats: BigIntStats): Entry {
  const type = entryTypeOf(stats)
  return {
    name,
    type,
    size: type === 'file' ? Number(stats.size) : 0,
    mtime: toMicroseconds(stats.mtimeNs),
    mode: Number(stats.mode) & 0o777,
  }
}
