import type { FileSystem } from './file-system.ts'
import { readNow, writeFully } from './read-write.ts'

/** The unit in bytes in which zeros become holes: a multiple of any usual block of a file system. */
const UNIT = 65_536
const ZEROS = new Uint8Array(UNIT)

/** A part of an open file. */
interface Part {
  readonly fd: number
  readonly offset: number
  /** Nothing has been written from here on; anything before it can be read. */
  readonly fresh: number
}

/**
 * Writes bytes to a file, except for zeros where the file has zeros already, or nothing: they become holes,
 * which take no space, so that a sparse file stays one. Other parts may be written at the same time: the file
 * never becomes shorter, and it ends no earlier than the bytes, because the last one is always written.
 */
export async function writeSparsely(fs: FileSystem, part: Part, bytes: Uint8Array): Promise<void> {
  const { fd, offset } = part
  const isHole = (at: number): boolean => isZero(bytes, at) && hasZeros(fs, part, at, bytes.length)
  let written = 0
  for (let at = 0; at < bytes.length; ) {
    let end = at
    while (end < bytes.length && !isHole(end)) end += UNIT
    if (end > at) {
      written = Math.min(end, bytes.length)
      await writeFully(fs, fd, bytes.subarray(at, written), offset + at)
    }
    at = end
    while (at < bytes.length && isHole(at)) at += UNIT
  }
  if (written < bytes.length) await writeFully(fs, fd, ZEROS.subarray(0, 1), offset + bytes.length - 1)
}

/** Whether the unit that begins at `at` consists of zeros. */
function isZero(bytes: Uint8Array, at: number): boolean {
  // Nearly every unit of a file that is not sparse ends here.
  if (bytes[at] !== 0) return false
  const unit = bytes.subarray(at, at + UNIT)
  return Buffer.compare(unit, ZEROS.subarray(0, unit.length)) === 0
}

/** Whether the file has zeros or nothing in the unit that begins at `at` of the part. */
function hasZeros(fs: FileSystem, { fd, offset, fresh }: Part, at: number, length: number): boolean {
  if (offset + at >= fresh) return true
  const there = new Uint8Array(Math.min(UNIT, length - at))
  readNow(fs, fd, there, offset + at)
  return isZero(there, 0)
}
