import { BLOCK_SIZE, CHAIN_VALUE_SIZE, type ChainValue, type Checkpoint } from './chain.ts'
import type { Hasher } from './hasher.ts'
import type { Blocks } from './pool.ts'

/** What {@link proveBlocks} checks. */
export interface ProveOptions {
  /** Where the first block begins. */
  readonly from: Checkpoint
  /** 16 bytes for each block. */
  readonly claims: Uint8Array
  /** Fills the buffer from that offset; returns the bytes read, fewer only where there are no more. */
  readonly read: (buffer: Uint8Array, offset: number) => Promise<number>
  /** Called with the end of each block that holds, in order. */
  readonly proven?: (position: number) => void
  /** Blocks that are read and checked at once. Default: 16, so that the lanes are full while others are being read. */
  readonly atOnce?: number | undefined
  /** Where they are read to. Default: the blocks of the hasher. */
  readonly blocks?: Blocks
}

/**
 * Checks blocks that somebody holds against claimed chaining values, in lanes, and stops at the first that does not
 * hold.
 * @returns the chaining values of the blocks that hold, from the first on
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
