import type { ChainValue } from './chain.ts'
import { type BlockCheck, Kernel } from './kernel.ts'

let kernel: Kernel | undefined

/** The kernel of those who bring no memory of their own: one per thread, made when first needed, without slots. */
export function defaultKernel(): Kernel {
  kernel ??= new Kernel()
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
