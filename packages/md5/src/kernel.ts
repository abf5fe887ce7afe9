import {
  assertChainValue,
  assertWholeSteps,
  BLOCK_SIZE,
  CHAIN_START,
  type ChainValue,
  STEP_SIZE,
  sameValue,
} from './chain.ts'
import { createMemory, type KernelMemory, slotAddress, slotCount } from './memory.ts'
import { assertTail, pad } from './padding.ts'
import { type Lane, MAX_LANES, WorkArea } from './work-area.ts'

/** A part of a message, and the chaining value before it. */
export interface Piece {
  readonly start: ChainValue
  readonly bytes: Uint8Array
  /**
   * The length of the whole message, if `bytes` end it. Otherwise, the number of bytes must be a multiple of
   * 64.
   */
  readonly length?: number | undefined
}

/**
 * A piece and a claim about it: that it leads to the chaining value `end` or, with `length`, to the MD5
 * `end`.
 */
export interface BlockCheck extends Piece {
  readonly end: ChainValue
}

/**
 * MD5's compression (RFC 1321, section 3.4) on a shared memory: one message at a time or, which is faster, up
 * to eight independent messages side by side. Bytes inside the memory are read in place; others are copied
 * in, piece by piece. A kernel belongs to the thread that created it. Up to 63 threads can each have a kernel
 * on the same memory.
 */
export class Kernel {
  /** The memory of this kernel. It can be posted to other threads. */
  readonly memory: KernelMemory
  /** The number of blocks that fit into the memory. */
  readonly slots: number
  readonly #area: WorkArea

  /** @throws RangeError if `memory` was not made by `createMemory`, or 63 kernels already work on it. */
  constructor(memory: KernelMemory = createMemory(0)) {
    this.memory = memory
    this.slots = slotCount(memory)
    this.#area = new WorkArea(memory)
  }

  /**
   * A view of block slot `i`, `BLOCK_SIZE` bytes long. To share a slot with another thread, post its number,
   * not the view: a view that arrives in a message is not recognised as part of the memory, and is copied.
   * @throws RangeError if `i` is not from 0 to `slots` - 1.
   */
  slot(i: number): Uint8Array<SharedArrayBuffer> {
    if (!Number.isInteger(i) || i < 0 || i >= this.slots) throw new RangeError(`there is no slot ${i}`)
    return new Uint8Array(this.memory.buffer, slotAddress(i), BLOCK_SIZE)
  }

  /**
   * The chaining value that results from absorbing `bytes` after `start`. Their number may be any multiple of
   * 64, including 0.
   * @throws RangeError if `start` is not 16 bytes long, or `bytes` not a multiple of 64.
   */
  absorb(start: ChainValue, bytes: Uint8Array): ChainValue {
    const lane = makeLane(start, bytes)
    this.#run([lane])
    return lane.value
  }

  /**
   * For each of `pieces`, in order, the chaining value after it or, if it ends its message, the MD5. Pieces
   * of any lengths share the lanes.
   * @throws RangeError if a `start` is not 16 bytes long, or the length of a piece is not valid for its
   * position
   */
  absorbAll(pieces: readonly Piece[]): ChainValue[] {
    const lanes = pieces.map(({ start, bytes, length }) => {
      if (length !== undefined) assertTail(bytes, length)
      return makeLane(start, length === undefined ? bytes : wholeSteps(bytes))
    })
    this.#run(lanes)
    const ends = lanes.map(({ value, bytes }, i) => {
      const piece = pieces[i]
      const rest =
        piece?.length === undefined ? undefined : pad(piece.bytes.subarray(bytes.length), piece.length)
      return makeLane(value, rest ?? new Uint8Array(0))
    })
    this.#run(ends)
    return ends.map(({ value }) => value)
  }

  /**
   * The MD5 of a message: the same 16 bytes that md5sum prints.
   * @param start the chaining value after everything before `tail`
   * @param tail the message's last bytes
   * @param length the length of the whole message, in bytes
   * @throws RangeError if `start` is not 16 bytes long, `length` is not a safe integer, or the number of
   * bytes before `tail` is not a multiple of 64
   */
  finish(start: ChainValue, tail: Uint8Array, length: number): Uint8Array {
    const [md5 = start] = this.absorbAll([{ start, bytes: tail, length }])
    return md5
  }

  /**
   * For each of `blocks`, in order, whether it matches its claim.
   * @throws RangeError as {@link absorbAll} does, and if an `end` is not 16 bytes long
   */
  checkBlocks(blocks: readonly BlockCheck[]): boolean[] {
    for (const { end } of blocks) assertChainValue(end)
    const values = this.absorbAll(blocks)
    return blocks.map(({ end }, i) => sameValue(values[i] ?? CHAIN_START, end))
  }

  /**
   * Releases this kernel's place in the memory for another kernel. This kernel must not be used afterwards.
   */
  [Symbol.dispose](): void {
    this.#area.release()
  }

  // Start with the longest pieces, and refill each lane when it becomes free: lanes are then seldom empty,
  // whatever the lengths.
  #run(lanes: readonly Lane[]): void {
    const waiting = lanes
      .filter(({ bytes }) => bytes.length > 0)
      .toSorted((one, other) => other.bytes.length - one.bytes.length)
    let active: Lane[] = []
    for (;;) {
      active = active.filter(({ bytes, done }) => done < bytes.length)
      active.push(...waiting.splice(0, MAX_LANES - active.length))
      if (active.length === 0) return
      this.#area.advance(active)
    }
  }
}

function makeLane(start: ChainValue, bytes: Uint8Array): Lane {
  assertChainValue(start)
  assertWholeSteps(bytes.length)
  return { value: start.slice(), bytes, done: 0 }
}

function wholeSteps(bytes: Uint8Array): Uint8Array {
  return bytes.subarray(0, bytes.length - (bytes.length % STEP_SIZE))
}
