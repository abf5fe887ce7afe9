import { BLOCK_SIZE, GrowingChain, giveBlock, type Hashed, hashAhead } from '@ftp/md5'
import type { Source } from './source.ts'

/** A piece of a source. To be given back with giveBlock. */
export interface Block {
  readonly index: number
  readonly bytes: Uint8Array
  readonly last: boolean
}

/** A source's blocks with their MD5 chain, which is computed once, however often they are read. */
export class SourceChain {
  readonly #source: Source
  readonly #chain = new GrowingChain()

  constructor(source: Source) {
    this.#source = source
  }

  /** The blocks from number `first` on, each with what the protocol calls its md5: read and hashed ahead. */
  from(first: number): AsyncGenerator<Hashed<Block, Uint8Array>> {
    return hashAhead(first, {
      read: (index) => this.#read(index),
      isLast: ({ last }) => last,
      hash: (block) => this.#hash(block),
      discard: ({ bytes }) => giveBlock(bytes),
    })
  }

  /** One block, once more. */
  async block(index: number): Promise<Hashed<Block, Uint8Array>> {
    const read = await this.#read(index)
    return { read, hash: await this.#hash(read) }
  }

  /** The chaining values of the blocks `from` to `to`, the latter not included, one behind the other. */
  async values(from: number, to: number): Promise<Uint8Array> {
    await this.#reach(to)
    return Buffer.concat(this.#chain.values.slice(from, to))
  }

  async #reach(blocks: number): Promise<void> {
    if (this.#chain.values.length >= blocks) return
    for await (const { read } of this.from(this.#chain.values.length)) {
      giveBlock(read.bytes)
      if (read.index === blocks - 1) return
    }
  }

  async #read(index: number): Promise<Block> {
    return { index, ...(await this.#source.block(index)) }
  }

  async #hash({ index, bytes, last }: Block): Promise<Uint8Array> {
    if (!last) return await this.#chain.learn(index, bytes)
    // Of a whole one too: a stream cannot be asked again when a resume has to prove it.
    if (bytes.length === BLOCK_SIZE) await this.#chain.learn(index, bytes)
    return await this.#chain.finish(bytes, index * BLOCK_SIZE + bytes.length)
  }
}
