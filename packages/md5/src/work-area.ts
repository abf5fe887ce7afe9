import { CHAIN_VALUE_SIZE, type ChainValue, STEP_SIZE } from './chain.ts'
import { claimWorkArea, type KernelMemory, releaseWorkArea, WORK_AREA_SIZE } from './memory.ts'
import { instantiate, type KernelExports } from './module.ts'

/** The maximum number of messages that the kernel can process side by side. */
export const MAX_LANES = 8

// The layout of the area, as in `assembly/`: the lane table is at the start, with 8 data addresses, 8
// chaining values, and space for the kernel's own use. The rest is the stage for bytes from outside the
// memory.
const VALUES = 4 * MAX_LANES
const STAGE = 1024
const STAGE_SIZE = WORK_AREA_SIZE - STAGE

/** A message that is being processed: `value` is the chaining value after the first `done` of its `bytes`. */
export interface Lane {
  value: ChainValue
  readonly bytes: Uint8Array
  done: number
}

/** One kernel's own part of the memory, and the compiled code that works on it. */
export class WorkArea {
  readonly #memory: KernelMemory
  /** Compiled on first use. */
  #code: KernelExports | undefined
  readonly #table: number
  readonly #addresses: Uint32Array
  readonly #values: Uint8Array
  readonly #stage: Uint8Array

  /** @throws RangeError if `memory` is too small to be a kernel memory, or has no free work area. */
  constructor(memory: KernelMemory) {
    this.#memory = memory
    this.#table = claimWorkArea(memory)
    this.#addresses = new Uint32Array(memory.buffer, this.#table, MAX_LANES)
    this.#values = new Uint8Array(memory.buffer, this.#table + VALUES, MAX_LANES * CHAIN_VALUE_SIZE)
    this.#stage = new Uint8Array(memory.buffer, this.#table + STAGE, STAGE_SIZE)
  }

  /**
   * Advances 1 to 8 lanes by the same length: to the end of the shortest one, or as far as there is space on
   * the stage.
   */
  advance(lanes: readonly Lane[]): void {
    const room = Math.floor(STAGE_SIZE / lanes.length / STEP_SIZE) * STEP_SIZE
    const left = Math.min(...lanes.map(({ bytes, done }) => bytes.length - done))
    const length = lanes.every(({ bytes }) => this.#holds(bytes)) ? left : Math.min(left, room)

    for (const [i, lane] of lanes.entries()) {
      // Fill all positions: lanes without a message repeat the bytes of the last one, and nobody reads their
      // values.
      this.#addresses.fill(this.#locate(lane, length, i * room), i)
      this.#values.set(lane.value, i * CHAIN_VALUE_SIZE)
    }
    this.#absorb(lanes.length, length)
    for (const [i, lane] of lanes.entries()) {
      lane.value = this.#values.slice(i * CHAIN_VALUE_SIZE, (i + 1) * CHAIN_VALUE_SIZE)
      lane.done += length
    }
  }

  /** Releases this part of the memory for another kernel. */
  release(): void {
    releaseWorkArea(this.#memory, this.#table)
  }

  #holds(bytes: Uint8Array): boolean {
    return bytes.buffer === this.#memory.buffer
  }

  // The address of the lane's next `length` bytes. Bytes outside the memory are first copied to offset `at`
  // of the stage.
  #locate({ bytes, done }: Lane, length: number, at: number): number {
    if (this.#holds(bytes)) return bytes.byteOffset + done
    this.#stage.set(bytes.subarray(done, done + length), at)
    return this.#stage.byteOffset + at
  }

  #absorb(lanes: number, length: number): void {
    this.#code ??= instantiate(this.#memory)
    if (lanes > 4) this.#code.absorb8(this.#table, length)
    else if (lanes > 1) this.#code.absorb4(this.#table, length)
    else this.#code.absorb1(this.#table, length)
  }
}
