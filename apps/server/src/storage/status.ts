import { type Entry, entryTypeOf, toMicroseconds } from '@ftp/protocol'
import type { Stats } from './file-system.ts'
import type { Status } from './storage.ts'

/** How long a file must have been left alone for its time stamps to tell later changes apart (see `settled`). */
const SETTLED_AFTER_MS = 2_000

export function toStatus(name: string, stats: Stats): Status {
  return { entry: toEntry(name, stats), version: toVersion(stats) }
}

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

/**
 * The change time is part of it because a program can set the modification time back after writing; it costs a
 * second hashing after a chmod.
 */
function toVersion(stats: Stats): string {
  return [stats.dev, stats.ino, stats.size, stats.mtimeNs, stats.ctimeNs]
    .map((part) => part.toString(36))
    .join('-')
}

export function isSettled(stats: Stats): boolean {
  const newestMs = Math.max(Number(stats.mtimeMs), Number(stats.ctimeMs))
  return Date.now() - newestMs > SETTLED_AFTER_MS
}
