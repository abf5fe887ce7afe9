import type { ChainValue } from './chain.ts'
import { type BlockCheck, Kernel } from './kernel.ts'
import { createMemory } from './memory.ts'

let kernel: Kernel | undefined

/** How many blocks the default kernel has room for. They take no RAM until they are used. */
let slots = 64

/**
 * Says how many blocks of memory this thread is to work with. Default: 64.
 * @throws RangeError when it has begun to
 */
export function limitBlocks(count: number): void {
  if (kernel !== undefined) throw new RangeError('blocks are limited before the first is taken')
  slots = count
}

/** The kernel of those who bring no memory of their own: one per thread, made when first needed. */
export function defaultKernel(): Kernel {
  kernel ??= new Kernel(createMemory(slots))
  return kernel
}

/** {@link Kernel.absorb} on the thread's default kernel. */
export function absorb(start: ChainValue, bytes: Uint8Array): ChainValue {
  return defaultKernel().absorb(start, bytes)
}

/** {@link Kernel.checkBlocks} on the thread's default kernel. */
export function checkBlocks(blocks: readonly BlockCheck[]): boolean[] {
  return defaultKernel().checkBlocks(blocks)
}
