import { BLOCK_SIZE, CHAIN_VALUE_SIZE, sameValue } from '@ftp/md5/chain'
import type { FileChain } from './file-chain.ts'

/** How many blocks are compared at a time: a file that is another one usually shows in the first. */
const STEP_BLOCKS = 16

export interface ProveOptions {
  /** The chain of the bytes that the server has. */
  readonly claimed: Uint8Array
  readonly signal: AbortSignal
  /** Called with the number of bytes that have been found to be the same. */
  readonly onProven: (bytes: number) => void
}

/** Whether a file begins with the bytes that the server has of an upload. */
export async function proveSame(
  chain: FileChain,
  { claimed, signal, onProven }: ProveOptions,
): Promise<boolean> {
  const blocks = claimed.length / CHAIN_VALUE_SIZE
  for (let block = 0; block < blocks; block += STEP_BLOCKS) {
    const end = Math.min(block + STEP_BLOCKS, blocks)
    const own = await chain.of(block, end)
    signal.throwIfAborted()
    if (!sameValue(own, claimed.subarray(block * CHAIN_VALUE_SIZE, end * CHAIN_VALUE_SIZE))) return false
    onProven(end * BLOCK_SIZE)
  }
  return true
}
