import { errnoOf } from '@ftp/protocol'
import type { FileSystem } from './file-system.ts'

/** A folder that contains files. */
export interface Folder {
  readonly fs: FileSystem
  /** The path for system calls on the folder itself. */
  readonly self: string
  /** The path for system calls on `name` in this folder. */
  at(name: string): string
}

/**
 * Makes the names in an open folder durable. Some file systems (FUSE, overlays) and Windows cannot do this;
 * that is not an error.
 */
export async function syncFolder(fs: FileSystem, fd: number): Promise<void> {
  try {
    await fs.fsync(fd)
  } catch (error) {
    const errno = errnoOf(error)
    if (errno !== 'EINVAL' && errno !== 'ENOTSUP' && !(errno === 'EPERM' && process.platform === 'win32'))
      throw error
  }
}
