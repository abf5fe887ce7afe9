import { BLOCK_SIZE } from './chain.ts'
import { defaultKernel } from './default-kernel.ts'

/** So many bytes are made room for, and copied, sooner than a block is taken and given back. */
const LARGE = 65_536

/** Blocks of the default kernel that nobody has. */
let free: Uint8Array[] | undefined

/** How many blocks this thread works with. */
export function blockCount(): number {
  return defaultKernel().slots
}

/**
 * A block to fill and to hash where it is, without copying it to the kernel or asking the system for memory again and
 * again. When the kernel has none left, it is an ordinary one.
 * @param length how much of a block is needed; where that is little, it is none of the kernel's
 */
export function takeBlock(length = BLOCK_SIZE): Uint8Array {
  if (length <= LARGE) return Buffer.allocUnsafe(length)
  const kernel = defaultKernel()
  free ??= Array.from({ length: kernel.slots }, (_, i) => kernel.slot(i))
  const block = free.pop()
  return block === undefined ? new Uint8Array(length) : block.subarray(0, length)
}

/**
 * Gives a block back, or any view that begins where it begins. Nobody may look at it afterwards. What did not come from
 * {@link takeBlock} is left to the garbage collector.
 */
export function giveBlock(bytes: Uint8Array): void {
  if (free === undefined || bytes.buffer !== defaultKernel().memory.buffer) return
  free.push(new Uint8Array(bytes.buffer, bytes.byteOffset, BLOCK_SIZE))
}

/**
 * Pieces of `room`, one behind the other: as they stand there, unless something between them is left out.
 * @param pieces in the order in which they stand
 */
export function joined(room: Uint8Array, pieces: readonly Uint8Array[]): Uint8Array {
  const length = pieces.reduce((sum, piece) => sum + piece.length, 0)
  const last = pieces.at(-1)
  const end = last === undefined ? 0 : last.byteOffset - room.byteOffset + last.length
  return end === length ? room.subarray(0, length) : Buffer.concat(pieces)
}
