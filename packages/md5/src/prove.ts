import { BLOCK_SIZE, CHAIN_VALUE_SIZE, type ChainValue, type Checkpoint } from './chain.ts'
import type { Hasher } from './hasher.ts'
import type { Blocks } from './pool.ts'

/** The options of {@link proveBlocks}. */
export interface ProveOptions {
  /** The start of the first block. */
  readonly from: Checkpoint
  /** 16 bytes for each block. */
  readonly claims: Uint8Array
  /** Fills the buffer from this offset; returns the number of bytes read, which is lower only at the end. */
  readonly read: (buffer: Uint8Array, offset: number) => Promise<number>
  /** Called in order, with the end of each block that matches. */
  readonly proven?: (position: number) => void
  /**
   * The number of blocks that are read and checked at a time. Default: 16, so that the lanes are full while
   * others are being read.
   */
  readonly atOnce?: number | undefined
  /** Provides the memory to read into. Default: the blocks of the hasher. */
  readonly blocks?: Blocks
}

/**
 * Checks held blocks against claimed chaining values, side by side, and stops at the first block that does
 * not match.
 * @returns the chaining values of the matching blocks, from the first on
 */
export async function proveBlocks(
  hasher: Hasher,
  { from, claims, read, proven = () => {}, atOnce = 16, blocks = hasher.blocks }: ProveOptions,
): Promise<ChainValue[]> {
  const count = claims.length / CHAIN_VALUE_SIZE
  const claim = (index: number): ChainValue =>
    index < 0 ? from.value : claims.slice(index * CHAIN_VALUE_SIZE, (index + 1) * CHAIN_VALUE_SIZE)
  const holds = async (index: number): Promise<boolean> => {
    using block = await blocks.take()
    const { bytes } = block
    if ((await read(bytes, from.length + index * BLOCK_SIZE)) < BLOCK_SIZE) return false
    return await hasher.check({ start: claim(index - 1), bytes, end: claim(index) }, index === count - 1)
  }

  const running: Promise<boolean>[] = []
  const values: ChainValue[] = []
  try {
    for (let index = 0; values.length < count; ) {
      while (index < count && running.length < atOnce) running.push(holds(index++))
      const [first] = running
      if (first === undefined || !(await first)) break
      running.shift()
      values.push(claim(values.length))
      proven(from.length + values.length * BLOCK_SIZE)
    }
  } finally {
    await Promise.allSettled(running)
  }
  return values
}
