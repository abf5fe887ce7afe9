import { formatBytes, TransferError } from '@ftp/protocol'
import type { Folder } from './folder.ts'

/**
 * Checks the free space in advance. The check is only a hint, because nothing reserves the space.
 * @param needed bytes
 * @param what the file that needs them, in quotes
 * @throws TransferError `no_space`
 */
export function requireSpace({ fs, self }: Folder, needed: number, what: string): void {
  const { bavail, bsize } = fs.statfs(self)
  const free = bavail * bsize
  if (needed > free)
    throw new TransferError(
      'no_space',
      `${what} needs ${formatBytes(needed)}, but the disk has ${formatBytes(free)} free`,
    )
}
