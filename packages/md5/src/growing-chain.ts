import { BLOCK_SIZE, CHAIN_START, type ChainValue } from './chain.ts'
import type { HashedChain, Hasher } from './hasher.ts'

/**
 * The MD5 chain of one file version, known as far as the file has been hashed. The hasher computes the rest.
 */
export class GrowingChain implements Disposable {
  readonly #hasher: Hasher
  readonly #values: ChainValue[]
  #hashing: HashedChain | undefined
  #begun: number
  #md5: Uint8Array | undefined

  /**
   * @param values the known values, from the first block on
   * @param md5 of the whole file, if it is known
   */
  constructor(hasher: Hasher, values: readonly ChainValue[] = [], md5?: Uint8Array) {
    this.#hasher = hasher
    this.#values = [...values]
    this.#begun = values.length
    this.#md5 = md5
  }

  /** The known chaining values, from the first block on. */
  get values(): readonly ChainValue[] {
    return this.#values
  }

  /** The MD5 of the whole file, if it is known. */
  get md5(): Uint8Array | undefined {
    return this.#md5
  }

  /**
   * The chaining value after the first `blocks` blocks.
   * @throws RangeError if it is not known
   */
  valueAfter(blocks: number): ChainValue {
    const value = blocks === 0 ? CHAIN_START : this.#values[blocks - 1]
    if (value === undefined)
      throw new RangeError(`the chain is known for ${this.#values.length} blocks, not ${blocks}`)
    return value
  }

  /**
   * Hashes a block. May be called for the next block before the result for the previous one is available.
   * @param index the number of the block; every block before it must be known or have been passed to this
   * method
   * @returns the chaining value after it
   * @throws RangeError if a block that is not known yet has another length than `BLOCK_SIZE`
   */
  async record(index: number, block: Uint8Array): Promise<ChainValue> {
    if (index < this.#values.length) return this.valueAfter(index + 1)
    if (block.length !== BLOCK_SIZE)
      throw new RangeError(`a block has ${BLOCK_SIZE} bytes, not ${block.length}`)
    const value = await this.#hash(index, block)
    this.#values.push(new Uint8Array(value))
    return value
  }

  /** Hashes the last bytes of a file of `size` bytes, possibly none or a whole block. @returns its MD5 */
  async finish(tail: Uint8Array, size: number): Promise<Uint8Array> {
    this.#md5 ??= await this.#hash(Math.floor((size - tail.length) / BLOCK_SIZE), tail, size)
    return this.#md5
  }

  /** @param length the size of the file, if the bytes end it */
  #hash(index: number, bytes: Uint8Array, length?: number): Promise<ChainValue> {
    if (index !== this.#begun) this[Symbol.dispose]()
    this.#hashing ??= this.#hasher.chain(this.valueAfter(index))
    this.#begun = index + 1
    return this.#hashing.absorb(bytes, length)
  }

  [Symbol.dispose](): void {
    this.#hashing?.[Symbol.dispose]()
    this.#hashing = undefined
  }
}
