import type { Block } from '@ftp/md5'

/**
 * The bytes of a frame that is being sent. Its peer may read slowly or not at all, so they are in memory that others want
 * only until {@link release}; afterwards they can be had again, piece by piece. Whoever sends it disposes of it.
 */
export interface Payload extends Disposable {
  readonly length: number
  /** `length` bytes from `at` on. They are valid until the next call, and until {@link release}. */
  read(at: number, length: number): Uint8Array | Promise<Uint8Array>
  /** Gives back the memory that others may want: its peer is slow. May be repeated. */
  release(): void
}

/** Bytes in ordinary memory: few. */
export function small(bytes: Uint8Array): Payload {
  return {
    length: bytes.length,
    read: (at, length) => bytes.subarray(at, at + length),
    release: () => {},
    [Symbol.dispose]: () => {},
  }
}

/** A block, until it is released; from then on, what `again` finds. */
export class BlockPayload implements Payload {
  readonly length: number
  readonly #block: Block
  readonly #again: (buffer: Uint8Array, at: number) => Promise<void>
  readonly #onSlow: () => void
  #isHeld = true
  #isReread = false

  /**
   * @param block is taken over
   * @param again fills the buffer with what the block had from `at` on
   * @param onSlow called when it is released: more of the same source should not be in memory either
   */
  constructor(
    block: Block,
    again: (buffer: Uint8Array, at: number) => Promise<void>,
    onSlow: () => void = () => {},
  ) {
    this.#block = block.move()
    this.length = this.#block.length
    this.#again = again
    this.#onSlow = onSlow
  }

  /** Whether some of its bytes were read a second time: its source may have changed in between. */
  get isReread(): boolean {
    return this.#isReread
  }

  read(at: number, length: number): Uint8Array | Promise<Uint8Array> {
    return this.#isHeld ? this.#block.bytes.subarray(at, at + length) : this.#readAgain(at, length)
  }

  release(): void {
    if (!this.#isHeld) return
    this[Symbol.dispose]()
    this.#onSlow()
  }

  [Symbol.dispose](): void {
    this.#isHeld = false
    this.#block[Symbol.dispose]()
  }

  async #readAgain(at: number, length: number): Promise<Uint8Array> {
    this.#isReread = true
    const buffer = Buffer.allocUnsafe(length)
    await this.#again(buffer, at)
    return buffer
  }
}
