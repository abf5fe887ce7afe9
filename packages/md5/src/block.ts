/**
 * Bytes in memory that has one owner at a time. The owner writes `using`, or {@link move}s the block to the next one;
 * whoever takes a block over moves it. Both are safe to repeat, and a block that is spent throws when it is used: its
 * memory may be somebody else's by then.
 */
export class Block implements Disposable {
  #bytes: Uint8Array | undefined
  #release: (() => void) | undefined

  /** @param release gives the memory back to where it came from; absent for memory that the garbage collector frees */
  constructor(bytes: Uint8Array, release?: () => void) {
    this.#bytes = bytes
    this.#release = release
  }

  /**
   * What to fill, to hash and to write. Nothing may look at it once the block is spent.
   * @throws ReferenceError if it is spent
   */
  get bytes(): Uint8Array {
    if (this.#bytes === undefined) throw new ReferenceError('this block has been moved or disposed of')
    return this.#bytes
  }

  /** Bytes in it. @throws ReferenceError if it is spent */
  get length(): number {
    return this.bytes.length
  }

  /**
   * The same memory with a new owner; this block is spent.
   * @param length how many of its first bytes the new block has. Default: all
   * @throws ReferenceError if it is spent
   */
  move(length = this.length): Block {
    const moved = new Block(this.bytes.subarray(0, length), this.#release)
    this.#bytes = undefined
    this.#release = undefined
    return moved
  }

  /** Gives the memory back. Does nothing to a block that is spent. */
  [Symbol.dispose](): void {
    const release = this.#release
    this.#bytes = undefined
    this.#release = undefined
    release?.()
  }
}

/**
 * Pieces of a block, one behind the other: where they stand, unless something between them is left out. Takes the block
 * over.
 * @param pieces views of the block's bytes, in the order in which they stand, the first at its start
 */
export function joined(block: Block, pieces: readonly Uint8Array[]): Block {
  using room = block.move()
  const start = room.bytes.byteOffset
  const length = pieces.reduce((sum, piece) => sum + piece.length, 0)
  const last = pieces.at(-1)
  const end = last === undefined ? 0 : last.byteOffset - start + last.length
  return end === length ? room.move(length) : new Block(Buffer.concat(pieces))
}
