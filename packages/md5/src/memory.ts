import { BLOCK_SIZE } from './chain.ts'

// The layout of a kernel memory: page 0, then one work area for each kernel that may use the memory, then the
// block slots. The first 64 words of page 0 show which work areas are taken; the compiler puts its constants
// after them (memoryBase).
const PAGE_SIZE = 65_536
const MAX_KERNELS = 63
const SLOTS_AT = (1 + MAX_KERNELS) * PAGE_SIZE

// One page less than 4 GiB, so that the address after the last byte still fits into 32 bits.
const MAX_PAGES = 65_535

/** The memory of kernels: a WebAssembly.Memory, whose type is not available to every program. */
export interface KernelMemory {
  readonly buffer: SharedArrayBuffer
}

/** The size in bytes of the work area that each kernel has for itself. */
export const WORK_AREA_SIZE: number = PAGE_SIZE

/**
 * Creates a shared memory of fixed size with space for `slots` blocks. Post it to each thread that hashes
 * them, and create a `Kernel` on it there. Unused pages take no RAM.
 * @throws RangeError if `slots` is not a whole number, or if the memory would not stay below 4 GiB (4091
 * slots).
 */
export function createMemory(slots: number): KernelMemory {
  const pages = (SLOTS_AT + slots * BLOCK_SIZE) / PAGE_SIZE
  if (!Number.isSafeInteger(slots) || slots < 0 || pages > MAX_PAGES)
    throw new RangeError(`no kernel memory can have ${slots} slots`)
  const memory = new WebAssembly.Memory({ initial: pages, maximum: pages, shared: true })
  // `lib.dom` does not declare that the buffer of a shared memory is shared.
  return memory as unknown as KernelMemory
}

/** The number of whole block slots in `memory`. */
export function slotCount(memory: KernelMemory): number {
  return Math.floor((memory.buffer.byteLength - SLOTS_AT) / BLOCK_SIZE)
}

/** The byte address of slot `i`. */
export function slotAddress(i: number): number {
  return SLOTS_AT + i * BLOCK_SIZE
}

/**
 * Claims a work area that no other kernel on this memory has, in whatever thread. @returns its byte address
 * @throws RangeError if the memory is too small for work areas, or all 63 are taken.
 */
export function claimWorkArea(memory: KernelMemory): number {
  if (memory.buffer.byteLength < SLOTS_AT) throw new RangeError('not a memory made by createMemory')
  const taken = new Int32Array(memory.buffer, 0, 1 + MAX_KERNELS)
  for (let i = 1; i <= MAX_KERNELS; i++)
    if (Atomics.compareExchange(taken, i, 0, 1) === 0) return i * WORK_AREA_SIZE
  throw new RangeError(`${MAX_KERNELS} kernels already use this memory`)
}

/** Releases a work area that {@link claimWorkArea} has returned. */
export function releaseWorkArea(memory: KernelMemory, address: number): void {
  Atomics.store(new Int32Array(memory.buffer, 0, 1 + MAX_KERNELS), address / WORK_AREA_SIZE, 0)
}
