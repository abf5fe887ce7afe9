import type { FileSystem } from '@ftp/files'
import { toUtime } from '@ftp/protocol'
import type { FileMetadata } from './storage.ts'

const DEFAULT_MODE = 0o666 & ~process.umask()

/** The permission bits that a file gets. */
export function modeOf({ mode = DEFAULT_MODE }: FileMetadata): number {
  return mode & 0o777
}

/** Gives an open file its time and permission bits. */
export function setMetadata(fs: FileSystem, fd: number, mode: number, { mtime }: FileMetadata): void {
  fs.fchmod(fd, mode)
  // An explicit time even where the client gave none: see `settled`.
  const time = toUtime(mtime ?? Date.now() * 1000 + 1)
  fs.futimes(fd, time, time)
}
