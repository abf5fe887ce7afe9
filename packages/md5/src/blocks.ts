import { BLOCK_SIZE } from './chain.ts'
import { defaultKernel } from './default-kernel.ts'

/** Blocks of the default kernel that nobody has. */
let free: Uint8Array[] | undefined

/** How many blocks this thread works with. */
export function blockCount(): number {
  return defaultKernel().slots
}

/**
 * A block to fill and to hash where it is, without copying it to the kernel or asking the system for memory again and
 * again. When the kernel has none left, it is an ordinary one.
 */
export function takeBlock(): Uint8Array {
  const kernel = defaultKernel()
  free ??= Array.from({ length: kernel.slots }, (_, i) => kernel.slot(i))
  return free.pop() ?? new Uint8Array(BLOCK_SIZE)
}

/**
 * Gives a block back, or any view that begins where it begins. Nobody may look at it afterwards. What did not come from
 * {@link takeBlock} is left to the garbage collector.
 */
export function giveBlock(bytes: Uint8Array): void {
  const { memory } = defaultKernel()
  if (bytes.buffer !== memory.buffer) return
  free?.push(new Uint8Array(bytes.buffer, bytes.byteOffset, BLOCK_SIZE))
}
