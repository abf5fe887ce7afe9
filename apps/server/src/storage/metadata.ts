import type { FileMetadata } from './storage.ts'

const DEFAULT_MODE = 0o666 & ~process.umask()

/** The permission bits for a new file; undefined on Windows, which has none. */
export function modeOf(
  { mode = DEFAULT_MODE }: FileMetadata,
  platform = process.platform,
): number | undefined {
  return platform === 'win32' ? undefined : mode & 0o777
}

/**
 * The modification time for a new file, in microseconds since 1970. It is set explicitly even if the client
 * sent none: see `settled`.
 */
export function mtimeOf({ mtime = Date.now() * 1000 + 1 }: FileMetadata): number {
  return mtime
}
