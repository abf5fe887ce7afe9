import type { FileMetadata } from './storage.ts'

const DEFAULT_MODE = 0o666 & ~process.umask()

/** The permission bits that a file gets. */
export function modeOf({ mode = DEFAULT_MODE }: FileMetadata): number {
  return mode & 0o777
}

/** The time that a file gets, in microseconds since 1970: an explicit one even if its client gave none, see `settled`. */
export function mtimeOf({ mtime = Date.now() * 1000 + 1 }: FileMetadata): number {
  return mtime
}
