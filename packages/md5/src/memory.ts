import { BLOCK_SIZE } from './chain.ts'

// A kernel memory is: page 0 · one work area for each kernel that may use the memory · the block slots.
// The first 64 words of page 0 say which work areas are taken; the compiler puts its constants behind them (memoryBase).
const PAGE_SIZE = 65_536
const MAX_KERNELS = 63
const SLOTS_AT = (1 + MAX_KERNELS) * PAGE_SIZE

// One page less than 4 GiB, so that the address behind the last byte still fits 32 bits.
const MAX_PAGES = 65_535

/** What kernels work on: a WebAssembly.Memory, whose type not every program has. */
export interface KernelMemory {
  readonly buffer: SharedArrayBuffer
}

/** Bytes in the work area that every kernel has for itself. */
export const WORK_AREA_SIZE: number = PAGE_SIZE

/**
 * A shared memory of fixed size with room for `slots` blocks, for the threads that hash them: post it to each and
 * make a `Kernel` over it there. Pages that nobody touches cost no RAM.
 * @throws RangeError if `slots` is no whole number, or the memory would not stay below 4 GiB (4091 slots).
 */
export function createMemory(slots: number): KernelMemory {
  const pages = (SLOTS_AT + slots * BLOCK_SIZE) / PAGE_SIZE
  if (!Number.isSafeInteger(slots) || slots < 0 || pages > MAX_PAGES)
    throw new RangeError(`no kernel memory can have ${slots} slots`)
  return new WebAssembly.Memory({ initial: pages, maximum: pages, shared: true })
}

/** How many whole block slots `memory` has. */
export function slotCount(memory: KernelMemory): number {
  return Math.floor((memory.buffer.byteLength - SLOTS_AT) / BLOCK_SIZE)
}

/** The byte address of slot `i`. */
export function slotAddress(i: number): number {
  return SLOTS_AT + i * BLOCK_SIZE
}

/**
 * Takes a work area that no other kernel on this memory has, whatever thread it runs in; returns its byte address.
 * @throws RangeError if the memory is too small for work areas, or all 63 are taken.
 */
export function claimWorkArea(memory: KernelMemory): number {
  if (memory.buffer.byteLength < SLOTS_AT) throw new RangeError('not a memory made by createMemory')
  const taken = new Int32Array(memory.buffer, 0, 1 + MAX_KERNELS)
  for (let i = 1; i <= MAX_KERNELS; i++)
    if (Atomics.compareExchange(taken, i, 0, 1) === 0) return i * WORK_AREA_SIZE
  throw new RangeError(`${MAX_KERNELS} kernels already use this memory`)
}

/** Gives back a work area taken by {@link claimWorkArea}. */
export function releaseWorkArea(memory: KernelMemory, address: number): void {
  Atomics.store(new Int32Array(memory.buffer, 0, 1 + MAX_KERNELS), address / WORK_AREA_SIZE, 0)
}
