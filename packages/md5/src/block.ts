/**
 * Bytes in memory with one owner at a time. An owner declares its block with `using`. To take over a block,
 * {@link move} it; the `using` of the previous owner then has no effect, because disposing may be repeated.
 * Any other use of a spent block throws, because its memory may already belong to somebody else.
 */
export class Block implements Disposable {
  #bytes: Uint8Array | undefined
  #release: (() => void) | undefined

  /** @param release returns the memory to its source; absent if the garbage collector frees the memory */
  constructor(bytes: Uint8Array, release?: () => void) {
    this.#bytes = bytes
    this.#release = release
  }

  /**
   * The bytes, to be filled, hashed or written. Nothing may use them after the block is spent.
   * @throws ReferenceError if it is spent
   */
  get bytes(): Uint8Array {
    if (this.#bytes === undefined) throw new ReferenceError('this block has been moved or disposed of')
    return this.#bytes
  }

  /** The number of bytes. @throws ReferenceError if it is spent */
  get length(): number {
    return this.bytes.length
  }

  /**
   * Passes the memory to a new owner; this block is then spent.
   * @param length the number of bytes, from the start, that the new block has. Default: all
   * @throws ReferenceError if it is spent
   */
  move(length = this.length): Block {
    const moved = new Block(this.bytes.subarray(0, length), this.#release)
    this.#bytes = undefined
    this.#release = undefined
    return moved
  }

  /**
   * Passes the memory to a new owner, who sees only the bytes from `start` to before `end`; this block is
   * then spent.
   * @throws ReferenceError if it is spent
   */
  slice(start: number, end: number): Block {
    const bytes = this.bytes.subarray(start, end)
    const moved = this.move()
    moved.#bytes = bytes
    return moved
  }

  /** Releases the memory. Has no effect on a spent block. */
  [Symbol.dispose](): void {
    const release = this.#release
    this.#bytes = undefined
    this.#release = undefined
    release?.()
  }
}

/**
 * The pieces of a block as one block: the start of the original or, if something between two pieces is left
 * out, a copy. Takes over the block.
 * @param pieces views of the block's bytes, in ascending order, the first at its start
 */
export function joined(block: Block, pieces: readonly Uint8Array[]): Block {
  using room = block.move()
  const start = room.bytes.byteOffset
  const length = pieces.reduce((sum, piece) => sum + piece.length, 0)
  const last = pieces.at(-1)
  const end = last === undefined ? 0 : last.byteOffset - start + last.length
  return end === length ? room.move(length) : new Block(Buffer.concat(pieces))
}
