import { BLOCK_SIZE, type Block, type Blocks } from '@ftp/md5'

/** The options of a {@link Gathering}. */
export interface GatheringOptions {
  readonly blocks: Blocks
  /** Writes the bytes of a block, which it takes over. */
  readonly write: (block: Block, offset: number) => Promise<void>
  /** Bytes directly before an offset that should be written again with those at the offset. */
  readonly headOf: (offset: number) => Uint8Array
  /** The size of the file in bytes, if it is known. */
  readonly length: () => number | undefined
}

/** Gathers bytes that come in small pieces into blocks of the file. */
export class Gathering implements Disposable {
  readonly #options: GatheringOptions
  #block: Block | undefined
  #start = 0
  #filled = 0
  /** The end of the bytes that are being written; 0 if there are none. */
  #writing = 0

  constructor(options: GatheringOptions) {
    this.#options = options
  }

  /** The end of the bytes that are waiting for others, or are just being written; 0 if there are none. */
  get end(): number {
    return this.#block === undefined ? this.#writing : this.#start + this.#filled
  }

  /** Whether bytes are waiting for others. */
  get isHolding(): boolean {
    return this.#block !== undefined
  }

  /**
   * Takes bytes, and writes each block that they complete.
   * @param signal its abort ends the wait for memory
   * @throws whatever `write` throws
   */
  async put(bytes: Uint8Array, offset: number, signal: AbortSignal): Promise<void> {
    if (this.#block !== undefined && offset !== this.#start + this.#filled) await this.flush()
    for (let done = 0; done < bytes.length; ) {
      this.#block ??= await this.#begin(offset + done, signal)
      const room = this.#block.bytes.subarray(this.#filled)
      const piece = bytes.subarray(done, done + room.length)
      room.set(piece)
      this.#filled += piece.length
      done += piece.length
      if (this.#filled === this.#block.length) await this.flush()
    }
  }

  async #begin(offset: number, signal: AbortSignal): Promise<Block> {
    const { blocks, headOf, length: lengthOf } = this.#options
    const head = headOf(offset)
    this.#start = offset - head.length
    const toEnd = (lengthOf() ?? Infinity) - this.#start
    const toBoundary = BLOCK_SIZE - (this.#start % BLOCK_SIZE)
    // Bytes beyond the announced end are refused when they are written.
    const length = Math.min(toBoundary, toEnd > head.length ? toEnd : toBoundary)
    using block = await blocks.take({ length, signal })
    block.bytes.set(head)
    this.#filled = head.length
    return block.move()
  }

  /** Writes the bytes that are waiting for others. @throws whatever `write` throws */
  async flush(): Promise<void> {
    using block = this.#block
    if (block === undefined) return
    this.#writing = this.end
    this.#block = undefined
    try {
      await this.#options.write(block.move(this.#filled), this.#start)
    } finally {
      this.#writing = 0
    }
  }

  /** Drops the bytes that are waiting for others. */
  [Symbol.dispose](): void {
    this.#block?.[Symbol.dispose]()
    this.#block = undefined
  }
}
