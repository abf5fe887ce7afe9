import { errnoOf } from '@ftp/protocol'
import type { FileSystem } from './file-system.ts'

/** Where files stand side by side. */
export interface Folder {
  readonly fs: FileSystem
  /** The path that the system calls take for the folder itself. */
  readonly self: string
  /** The path that the system calls take for `name` in it. */
  at(name: string): string
}

/** Makes the names in an open folder durable. Some file systems (FUSE, overlays) and Windows cannot; that is no failure. */
export async function syncFolder(fs: FileSystem, fd: number): Promise<void> {
  try {
    await fs.fsync(fd)
  } catch (error) {
    const errno = errnoOf(error)
    if (errno !== 'EINVAL' && errno !== 'ENOTSUP' && !(errno === 'EPERM' && process.platform === 'win32'))
      throw error
  }
}
