import { FEW_BYTES, type FileSystem } from './file-system.ts'

/** {@link readFully} of few bytes, at once. */
export function readNow(fs: FileSystem, fd: number, buffer: Uint8Array, offset: number): number {
  let done = 0
  while (done < buffer.length) {
    const bytesRead = fs.readNow(fd, buffer, done, buffer.length - done, offset + done)
    if (bytesRead === 0) break
    done += bytesRead
  }
  return done
}

/** pread(2) until `buffer` is full or the file ends: one call may read less than it was asked for. */
export async function readFully(
  fs: FileSystem,
  fd: number,
  buffer: Uint8Array,
  offset: number,
): Promise<number> {
  if (buffer.length <= FEW_BYTES) return readNow(fs, fd, buffer, offset)
  let done = 0
  while (done < buffer.length) {
    const { bytesRead } = await fs.read(fd, buffer, done, buffer.length - done, offset + done)
    if (bytesRead === 0) break
    done += bytesRead
  }
  return done
}

/** {@link writeFully} of few bytes, at once. */
export function writeNow(fs: FileSystem, fd: number, bytes: Uint8Array, offset: number): void {
  let done = 0
  while (done < bytes.length) done += fs.writeNow(fd, bytes, done, bytes.length - done, offset + done)
}

/** pwrite(2) until all is written: one call may write less than it was asked for. */
export async function writeFully(
  fs: FileSystem,
  fd: number,
  bytes: Uint8Array,
  offset: number,
): Promise<void> {
  if (bytes.length <= FEW_BYTES) return writeNow(fs, fd, bytes, offset)
  let done = 0
  while (done < bytes.length) {
    const { bytesWritten } = await fs.write(fd, bytes, done, bytes.length - done, offset + done)
    done += bytesWritten
  }
}
