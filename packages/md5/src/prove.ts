import { giveBlock, takeBlock } from './blocks.ts'
import { BLOCK_SIZE, type BlockBorder, CHAIN_VALUE_SIZE, type ChainValue } from './chain.ts'
import { checkInThread } from './hasher.ts'

/**
 * Checks blocks that somebody holds against claimed chaining values, in lanes, and stops at the first that does not
 * hold.
 * @param from where the first block begins
 * @param claims 16 bytes for each block
 * @param read fills the buffer from that offset; returns the bytes read, fewer only where there are no more
 * @param proven told the end of each block that holds, in order
 * @param atOnce blocks that are read and checked at once: with 16 the lanes are full while others are being read
 * @returns the chaining values of the blocks that hold, from the first on
 */
export async function proveBlocks(
  from: BlockBorder,
  claims: Uint8Array,
  read: (buffer: Uint8Array, offset: number) => Promise<number>,
  proven: (position: number) => void = () => {},
  atOnce = 16,
): Promise<ChainValue[]> {
  const count = claims.length / CHAIN_VALUE_SIZE
  const claim = (index: number): ChainValue =>
    index < 0 ? from.value : claims.slice(index * CHAIN_VALUE_SIZE, (index + 1) * CHAIN_VALUE_SIZE)
  const holds = async (index: number): Promise<boolean> => {
    const block = takeBlock()
    try {
      if ((await read(block, from.length + index * BLOCK_SIZE)) < BLOCK_SIZE) return false
      const hurry = index === count - 1
      return await checkInThread({ start: claim(index - 1), bytes: block, end: claim(index) }, hurry)
    } finally {
      giveBlock(block)
    }
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
