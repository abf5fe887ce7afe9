import { Block } from './block.ts'
import { BLOCK_SIZE } from './chain.ts'
import type { Kernel } from './kernel.ts'

/** Up to so many bytes, making room and copying costs less than taking a block of the kernel. */
const LARGE = 65_536

/** How much is wanted, and until when. */
export interface TakeOptions {
  /** Bytes, up to a block. Default: a block. Up to 64 KiB come from ordinary memory, at once. */
  readonly length?: number
  /** Its abort ends the wait. */
  readonly signal?: AbortSignal | undefined
}

interface Waiting {
  readonly length: number
  readonly grant: (block: Block) => void
}

/**
 * The blocks of a kernel's memory: filled and hashed where they are, without copying and without asking the system for
 * memory again and again. There are never more of them than the kernel has slots; if none is left, whoever wants one waits.
 */
export class BlockPool {
  /** How many blocks there are. */
  readonly count: number
  readonly #kernel: () => Kernel
  /** Those that nobody has. Undefined before the first is taken. */
  #free: Uint8Array[] | undefined
  #waiting: Waiting[] = []

  /** @param kernel has `count` slots; called when the first block is taken */
  constructor(count: number, kernel: () => Kernel) {
    this.count = count
    this.#kernel = kernel
  }

  /** How many blocks somebody has. */
  get taken(): number {
    return this.#free === undefined ? 0 : this.count - this.#free.length
  }

  /** A block, or undefined if none is left or others wait for one. */
  tryTake(length = BLOCK_SIZE): Block | undefined {
    if (length <= LARGE) return new Block(Buffer.allocUnsafe(length))
    return this.#waiting.length === 0 ? this.#take(length) : undefined
  }

  /**
   * A block as soon as there is one; whoever came first gets the first.
   * @throws the signal's reason
   */
  async take({ length = BLOCK_SIZE, signal }: TakeOptions = {}): Promise<Block> {
    signal?.throwIfAborted()
    return this.tryTake(length) ?? (await this.#wait(length, signal))
  }

  #take(length: number): Block | undefined {
    this.#free ??= Array.from({ length: this.count }, (_, i) => this.#kernel().slot(i))
    const slot = this.#free.pop()
    return slot && new Block(slot.subarray(0, length), () => this.#giveBack(slot))
  }

  async #wait(length: number, signal: AbortSignal | undefined): Promise<Block> {
    const { promise, resolve, reject } = Promise.withResolvers<Block>()
    const one = { length, grant: resolve }
    const stop = (): void => {
      this.#waiting = this.#waiting.filter((other) => other !== one)
      reject(signal?.reason)
    }
    signal?.addEventListener('abort', stop, { once: true })
    this.#waiting.push(one)
    try {
      return await promise
    } finally {
      signal?.removeEventListener('abort', stop)
    }
  }

  #giveBack(slot: Uint8Array): void {
    this.#free?.push(slot)
    const [next] = this.#waiting
    const block = next && this.#take(next.length)
    if (block === undefined) return
    this.#waiting.shift()
    next?.grant(block)
  }
}
