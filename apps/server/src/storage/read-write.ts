import fs from 'node:fs'
import { promisify } from 'node:util'

const read = promisify(fs.read)
const write = promisify(fs.write)

/** pread(2) until `buffer` is full or the file ends: one call may read less than it was asked for. */
export async function readFully(fd: number, buffer: Uint8Array, offset: number): Promise<number> {
  let done = 0
  while (done < buffer.length) {
    const { bytesRead } = await read(fd, buffer, done, buffer.length - done, offset + done)
    if (bytesRead === 0) break
    done += bytesRead
  }
  return done
}

/** pwrite(2) until all is written: one call may write less than it was asked for. */
export async function writeFully(fd: number, bytes: Uint8Array, offset: number): Promise<void> {
  let done = 0
  while (done < bytes.length) {
    const { bytesWritten } = await write(fd, bytes, done, bytes.length - done, offset + done)
    done += bytesWritten
  }
}
