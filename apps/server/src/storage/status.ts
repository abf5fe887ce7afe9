import { type Stats, toEntry } from '@ftp/files'
import type { Status } from './storage.ts'

/** How long a file must have been left alone for its time stamps to tell later changes apart (see `settled`). */
const SETTLED_AFTER_MS = 2_000

export function toStatus(name: string, stats: Stats): Status {
  return { entry: toEntry(name, stats), version: toVersion(stats) }
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
