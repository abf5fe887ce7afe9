import { BLOCK_SIZE, CHAIN_START, type ChainValue } from './chain.ts'
import type { HashedChain, Hasher } from './hasher.ts'

/** The chain of one file version, known as far as somebody has hashed; the hashing thread computes the rest. */
export class GrowingChain implements Disposable {
  readonly #hasher: Hasher
  readonly #values: ChainValue[]
  #hashing: HashedChain | undefined
  #begun: number
  #md5: Uint8Array | undefined

  /**
   * @param values those that are known, from the first block on
   * @param md5 of the whole file, where it is known
   */
  constructor(hasher: Hasher, values: readonly ChainValue[] = [], md5?: Uint8Array) {
    this.#hasher = hasher
    this.#values = [...values]
    this.#begun = values.length
    this.#md5 = md5
  }

  /** The chaining values that are known, from the first block on. */
  get values(): readonly ChainValue[] {
    return this.#values
  }

  /** The MD5 of the whole file, where it is known. */
  get md5(): Uint8Array | undefined {
    return this.#md5
  }

  /**
   * The chaining value after the first `blocks` blocks.
   * @throws RangeError if that many are not known
   */
  valueAfter(blocks: number): ChainValue {
    const value = blocks === 0 ? CHAIN_START : this.#values[blocks - 1]
    if (value === undefined)
      throw new RangeError(`the chain is known for ${this.#values.length} blocks, not ${blocks}`)
    return value
  }

  /**
   * Takes a block. May be called for the next one before the value of the last is there.
   * @param index its number; all blocks before it must be known, or have been taken
   * @returns the chaining value after it
   */
  async record(index: number, block: Uint8Array): Promise<ChainValue> {
    if (index < this.#values.length) return this.valueAfter(index + 1)
    if (block.length !== BLOCK_SIZE)
      throw new RangeError(`a block has ${BLOCK_SIZE} bytes, not ${block.length}`)
    const value = await this.#hash(index, block)
    this.#values.push(new Uint8Array(value))
    return value
  }

  /** Takes the last bytes of a file of `size` bytes, possibly none or a whole block. @returns its MD5 */
  async finish(tail: Uint8Array, size: number): Promise<Uint8Array> {
    this.#md5 ??= await this.#hash(Math.floor((size - tail.length) / BLOCK_SIZE), tail, size)
    return this.#md5
  }

  /** @param length given where the bytes end the file */
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
