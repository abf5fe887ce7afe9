import type { FileSystem } from './file-system.ts'

/** Removes a file that nobody needs any more, if that is possible: why something ends must not be hidden by it. */
export function discard(fs: FileSystem, path: string): void {
  try {
    fs.unlink(path)
  } catch {
    // It is in nobody's way: the next attempt takes it, or removes it.
  }
}
