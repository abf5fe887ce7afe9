import { type Stats, toEntry } from '@ftp/files'
import { type RemotePath, TransferError } from '@ftp/protocol'
import { quote } from './directory.ts'
import type { Status } from './storage.ts'

/**
 * The time, in milliseconds, for which a file must have been left alone so that its time stamps reveal later
 * changes (see `settled`).
 */
const SETTLED_AFTER_MS = 2_000

export function toStatus(name: string, stats: Stats): Status {
  return { entry: toEntry(name, stats), version: toVersion(stats) }
}

/**
 * Includes the change time, because a program can reset the modification time after writing. The cost: after
 * a chmod, the file is hashed again.
 */
function toVersion(stats: Stats): string {
  return [stats.dev, stats.ino, stats.size, stats.mtimeNs, stats.ctimeNs]
    .map((part) => part.toString(36))
    .join('-')
}

/** @throws TransferError `changed` unless the entry has this version, if one is given */
export function requireVersion(stats: Stats, path: RemotePath, ifVersion: string | undefined): void {
  if (ifVersion !== undefined && toVersion(stats) !== ifVersion)
    throw new TransferError('changed', `${quote(path)} is another version by now`)
}

/** Whether a file has been left alone for long enough: see `settled` in SourceFile. */
export function isSettled(stats: Stats): boolean {
  const newestMs = Math.max(Number(stats.mtimeMs), Number(stats.ctimeMs))
  return Date.now() - newestMs > SETTLED_AFTER_MS
}
