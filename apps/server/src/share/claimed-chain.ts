import { CHAIN_VALUE_SIZE, type ChainValue, sameValue } from '@ftp/md5'

/** Chaining values that a client claims for the blocks that it sends. */
export class ClaimedChain {
  readonly #chain: Uint8Array
  readonly #first: number
  #compared = 0

  /**
   * @param chain 16 bytes for each block
   * @param first the number of the block in the file to which the first value belongs
   */
  constructor(chain: Uint8Array, first: number) {
    this.#chain = chain
    this.#first = first
  }

  /**
   * Compares the blocks that have become known since the last call.
   * @param valueAfter returns the chaining value after this many blocks; undefined if it is not known yet
   * @returns the number of the first block that does not match the client's claim; undefined if there is none
   */
  findMismatch(valueAfter: (blocks: number) => ChainValue | undefined): number | undefined {
    for (; this.#compared < this.#chain.length / CHAIN_VALUE_SIZE; this.#compared++) {
      const block = this.#first + this.#compared
      const value = valueAfter(block + 1)
      if (value === undefined) return undefined
      const at = this.#compared * CHAIN_VALUE_SIZE
      if (!sameValue(value, this.#chain.subarray(at, at + CHAIN_VALUE_SIZE))) return block
    }
    return undefined
  }
}
