import { assertChainValue, BLOCK_SIZE, CHAIN_START, type ChainValue, STEP_SIZE } from './chain.ts'
import { defaultKernel } from './default-kernel.ts'
import { finish } from './finish.ts'
import type { Kernel } from './kernel.ts'

/** A block border to continue from: the bytes before it (a multiple of `BLOCK_SIZE`), and the chaining value there. */
export interface BlockBorder {
  length: number
  value: ChainValue
}

/** MD5 of a stream, with the chaining value at every block border it passes. */
export class Md5Chain {
  /** The chaining values after each whole block absorbed since construction, oldest first. */
  readonly values: ChainValue[] = []
  readonly #kernel: Kernel
  // Bytes of a step that is not complete yet.
  readonly #rest: Uint8Array = new Uint8Array(STEP_SIZE)
  #value: ChainValue
  #length: number

  /**
   * @param from where to continue; by default a message begins
   * @param kernel absorbs the bytes; by default the thread's own
   * @throws RangeError if `from` is no block border.
   */
  constructor(from: BlockBorder = { length: 0, value: CHAIN_START }, kernel: Kernel = defaultKernel()) {
    if (!Number.isSafeInteger(from.length) || from.length < 0 || from.length % BLOCK_SIZE !== 0)
      throw new RangeError(`${from.length} is not a multiple of ${BLOCK_SIZE}`)
    assertChainValue(from.value)
    this.#kernel = kernel
    this.#value = from.value.slice()
    this.#length = from.length
  }

  /** The bytes of the message so far, those before `from` included. */
  get length(): number {
    return this.#length
  }

  /** Takes the next bytes of the message, as many as there are. They may be overwritten afterwards. */
  update(bytes: Uint8Array): this {
    for (let at = 0; at < bytes.length; ) at += this.#take(bytes.subarray(at))
    return this
  }

  /** The MD5 of the message so far: 16 bytes. The message may go on afterwards. */
  digest(): Uint8Array {
    return finish(this.#value, this.#rest.subarray(0, this.#length % STEP_SIZE), this.#length, this.#kernel)
  }

  // Takes some bytes from the front, never beyond a block border, and returns how many.
  #take(bytes: Uint8Array): number {
    const pending = this.#length % STEP_SIZE
    if (pending > 0 || bytes.length < STEP_SIZE) {
      const taken = Math.min(bytes.length, STEP_SIZE - pending)
      this.#rest.set(bytes.subarray(0, taken), pending)
      if (pending + taken === STEP_SIZE) this.#value = this.#kernel.absorb(this.#value, this.#rest)
      return this.#advance(taken)
    }
    const taken = Math.min(
      bytes.length - (bytes.length % STEP_SIZE),
      BLOCK_SIZE - (this.#length % BLOCK_SIZE),
    )
    this.#value = this.#kernel.absorb(this.#value, bytes.subarray(0, taken))
    return this.#advance(taken)
  }

  #advance(taken: number): number {
    this.#length += taken
    if (this.#length % BLOCK_SIZE === 0) this.values.push(this.#value)
    return taken
  }
}
