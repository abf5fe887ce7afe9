import { FEW_BYTES, type FileSystem } from './file-system.ts'

/** As {@link readFully}, but synchronous. Use it for few bytes. */
export function readNow(fs: FileSystem, fd: number, buffer: Uint8Array, offset: number): number {
  let done = 0
  while (done < buffer.length) {
    const bytesRead = fs.readNow(fd, buffer, done, buffer.length - done, offset + done)
    if (bytesRead === 0) break
    done += bytesRead
  }
  return done
}

/** Calls pread(2) until `buffer` is full or the file ends, because one call may read less than requested. */
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

/** As {@link writeFully}, but synchronous. Use it for few bytes. */
export function writeNow(fs: FileSystem, fd: number, bytes: Uint8Array, offset: number): void {
  let done = 0
  while (done < bytes.length) done += fs.writeNow(fd, bytes, done, bytes.length - done, offset + done)
}

/** Calls pwrite(2) until everything is written, because one call may write less than requested. */
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
