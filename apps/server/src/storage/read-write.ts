import type { FileSystem } from './file-system.ts'

/** pread(2) until `buffer` is full or the file ends: one call may read less than it was asked for. */
export async function readFully(
  fs: FileSystem,
  fd: number,
  buffer: Uint8Array,
  offset: number,
): Promise<number> {
  let done = 0
  while (done < buffer.length) {
    const { bytesRead } = await fs.read(fd, buffer, done, buffer.length - done, offset + done)
    if (bytesRead === 0) break
    done += bytesRead
  }
  return done
}

/** pwrite(2) until all is written: one call may write less than it was asked for. */
export async function writeFully(
  fs: FileSystem,
  fd: number,
  bytes: Uint8Array,
  offset: number,
): Promise<void> {
  let done = 0
  while (done < bytes.length) {
    const { bytesWritten } = await fs.write(fd, bytes, done, bytes.length - done, offset + done)
    done += bytesWritten
  }
}
