import { BLOCK_SIZE, type Block, GrowingChain, type Hashed, type Hasher, hashAhead } from '@ftp/md5'
import type { Source } from './source.ts'

/** A block of a source. */
export interface SourceBlock {
  readonly index: number
  readonly block: Block
  readonly last: boolean
}

/** The blocks of a source with their MD5 chain, which is computed once, however often the blocks are read. */
export class SourceChain {
  readonly #source: Source
  readonly #hasher: Hasher
  readonly #chain: GrowingChain

  constructor(source: Source, hasher: Hasher) {
    this.#source = source
    this.#hasher = hasher
    this.#chain = new GrowingChain(hasher)
  }

  /**
   * The blocks from number `first` on, each with the value that the protocol calls its md5. They are read and
   * hashed ahead.
   */
  from(first: number): AsyncGenerator<Hashed<SourceBlock, Uint8Array>> {
    return hashAhead(first, {
      read: (index) => this.#read(index),
      isLast: ({ last }) => last,
      hash: (read) => this.#hash(read),
    })
  }

  /** Reads one block again. */
  async block(index: number): Promise<Hashed<SourceBlock, Uint8Array>> {
    const read = await this.#read(index)
    using block = read.block
    const hash = await this.#hash(read)
    return { read: { ...read, block: block.move() }, hash }
  }

  /** The chaining values of the blocks from `from` up to but excluding `to`, one behind the other. */
  async values(from: number, to: number): Promise<Uint8Array> {
    await this.#extendTo(to)
    return Buffer.concat(this.#chain.values.slice(from, to))
  }

  async #extendTo(blocks: number): Promise<void> {
    if (this.#chain.values.length >= blocks) return
    for await (const { read } of this.from(this.#chain.values.length)) {
      read.block[Symbol.dispose]()
      if (read.index === blocks - 1) return
    }
  }

  async #read(index: number): Promise<SourceBlock> {
    return { index, ...(await this.#source.block(index, this.#hasher.blocks)) }
  }

  async #hash({ index, block: { bytes }, last }: SourceBlock): Promise<Uint8Array> {
    if (!last) return await this.#chain.record(index, bytes)
    // A whole block is recorded as well: a stream cannot be read again when a resume has to prove it.
    if (bytes.length === BLOCK_SIZE) await this.#chain.record(index, bytes)
    return await this.#chain.finish(bytes, index * BLOCK_SIZE + bytes.length)
  }
}
