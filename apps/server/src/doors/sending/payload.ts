import type { Block } from '@ftp/md5'

/**
 * The bytes of a frame that is being sent. The peer may read slowly or not at all, so a block holds them only
 * until {@link release}; after that, they are read again from their source, piece by piece. The sender
 * disposes of the payload.
 */
export interface Payload extends Disposable {
  readonly length: number
  /** `length` bytes from offset `at`. They are valid until the next call and until {@link release}. */
  read(at: number, length: number): Uint8Array | Promise<Uint8Array>
  /** Releases the block because the peer is slow. May be called repeatedly. */
  release(): void
}

/** A payload of few bytes, in ordinary memory. */
export function small(bytes: Uint8Array): Payload {
  return {
    length: bytes.length,
    read: (at, length) => bytes.subarray(at, at + length),
    release: () => {},
    [Symbol.dispose]: () => {},
  }
}

/** A payload in a block. After its release, `again` provides the bytes. */
export class BlockPayload implements Payload {
  readonly length: number
  readonly #block: Block
  readonly #again: (buffer: Uint8Array, at: number) => Promise<void>
  readonly #onSlow: () => void
  #isHeld = true
  #isReread = false

  /**
   * @param block is taken over
   * @param again fills the buffer with the bytes that the block had from `at` on
   * @param onSlow called at the release, so that no more bytes of the same source are kept in memory either
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

  /** Whether any bytes were read a second time, so that the source may have changed in between. */
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
