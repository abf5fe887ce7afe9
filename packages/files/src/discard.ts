import type { FileSystem } from './file-system.ts'

/**
 * Removes a file that is no longer needed, if possible. Errors are ignored, because they would hide the
 * reason for the removal.
 */
export function discard(fs: Pick<FileSystem, 'unlink'>, path: string): void {
  try {
    fs.unlink(path)
  } catch {
    // A remaining file does no harm: the next attempt uses or removes it.
  }
}
