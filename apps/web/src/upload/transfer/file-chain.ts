import { BLOCK_SIZE, CHAIN_START, CHAIN_VALUE_SIZE, type ChainValue } from '@ftp/md5/chain'
import type { BlobHasher } from '../hashing/hash-blob.ts'

/** The MD5 chain of a file, computed as far as somebody asks for it. */
export class FileChain {
  readonly #file: Blob
  readonly #hasher: BlobHasher
  /** The chaining value after each block that has been hashed. */
  readonly #values: ChainValue[] = []
  #growing: Promise<unknown> = Promise.resolve()

  constructor(file: Blob, hasher: BlobHasher) {
    this.#file = file
    this.#hasher = hasher
  }

  /** How many bytes have been hashed. */
  get position(): number {
    return this.#values.length * BLOCK_SIZE
  }

  /** The chaining values after each of these blocks, 16 bytes each. */
  async of(firstBlock: number, endBlock: number): Promise<Uint8Array> {
    await this.#grow(endBlock)
    const values = new Uint8Array((endBlock - firstBlock) * CHAIN_VALUE_SIZE)
    for (let block = firstBlock; block < endBlock; block++)
      values.set(this.#after(block + 1), (block - firstBlock) * CHAIN_VALUE_SIZE)
    return values
  }

  /** Hashes the file up to this block, while something else happens. A failure shows when the values are needed. */
  ahead(endBlock: number): void {
    this.#grow(endBlock).catch(() => {})
  }

  /** The MD5 of the whole file. */
  async md5(): Promise<Uint8Array> {
    const { size } = this.#file
    const blocks = Math.floor(size / BLOCK_SIZE)
    await this.#grow(blocks)
    const { md5 } = await this.#hasher.hash({
      part: this.#file.slice(blocks * BLOCK_SIZE),
      start: this.#after(blocks),
      fileSize: size,
    })
    if (md5 === undefined) throw new TypeError('the end of a file has its MD5')
    return md5
  }

  #after(blocks: number): ChainValue {
    const value = blocks === 0 ? CHAIN_START : this.#values[blocks - 1]
    if (value === undefined) throw new RangeError(`the block before ${blocks} has not been hashed`)
    return value
  }

  /** Each block needs the one before it, so the next piece begins when the previous one is done. */
  async #grow(endBlock: number): Promise<void> {
    const grown = this.#growing.catch(() => {}).then(() => this.#hash(endBlock))
    this.#growing = grown
    await grown
  }

  async #hash(endBlock: number): Promise<void> {
    const known = this.#values.length
    if (endBlock <= known) return
    const part = this.#file.slice(known * BLOCK_SIZE, endBlock * BLOCK_SIZE)
    const { chain } = await this.#hasher.hash({ part, start: this.#after(known) })
    for (let at = 0; at < chain.length; at += CHAIN_VALUE_SIZE)
      this.#values.push(chain.slice(at, at + CHAIN_VALUE_SIZE))
  }
}
