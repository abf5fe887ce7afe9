import { type Stats, toEntry } from '@ftp/files'
import { type RemotePath, TransferError } from '@ftp/protocol'
import { quote } from './directory.ts'
import type { Status } from './storage.ts'

/**
 * The time, in milliseconds, for which a file must have been left alone so that its time stamps reveal later
 * changes (see `settled`).
 */
const SETTLED_AFTER_MS = 2_000

/** What a file's version depends on, beside the file. */
interface Place {
  /** The device number of the served root's file system. */
  readonly rootDevice: bigint
}

export function toStatus(name: string, stats: Stats, place: Place): Status {
  return { entry: toEntry(name, stats), version: toVersion(stats, place) }
}

/**
 * Includes the change time, because a program can reset the modification time after writing. The cost: after
 * a chmod, the file is hashed again.
 *
 * The device number only tells the file systems below the root from each other. The root's own counts as 0,
 * because Btrfs, NFS and FUSE get another number each time they are mounted, and on each machine.
 */
function toVersion(stats: Stats, { rootDevice }: Place): string {
  const device = stats.dev === rootDevice ? 0n : stats.dev
  return [device, stats.ino, stats.size, stats.mtimeNs, stats.ctimeNs]
    .map((part) => part.toString(36))
    .join('-')
}

export interface RequiredVersion extends Place {
  readonly path: RemotePath
  /** Undefined if any version will do. */
  readonly ifVersion: string | undefined
}

/** @throws TransferError `changed` unless the entry has the required version */
export function requireVersion(stats: Stats, { path, ifVersion, rootDevice }: RequiredVersion): void {
  if (ifVersion !== undefined && toVersion(stats, { rootDevice }) !== ifVersion)
    throw new TransferError('changed', `${quote(path)} is another version by now`)
}

/** Whether a file has been left alone for long enough: see `settled` in SourceFile. */
export function isSettled(stats: Stats): boolean {
  const newestMs = Math.max(Number(stats.mtimeMs), Number(stats.ctimeMs))
  return Date.now() - newestMs > SETTLED_AFTER_MS
}
