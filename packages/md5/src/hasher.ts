import { hash } from 'node:crypto'
import { BLOCK_SIZE, CHAIN_START, type ChainValue, sameValue } from './chain.ts'
import { HashThread } from './hash-thread.ts'
import { type BlockCheck, Kernel, type Piece } from './kernel.ts'
import { createMemory } from './memory.ts'
import { BlockPool } from './pool.ts'

/** The default number of blocks. They take no RAM until they are used. */
const BLOCKS = 64
/** This many bytes can be hashed in a fraction of a millisecond. */
const SHORT = 131_072
/** Hashing this many bytes takes several times less than starting a thread. */
const FEW = 8 * BLOCK_SIZE
/**
 * OpenSSL hashes this many bytes in the time that V8 takes to optimise the lanes. A program that ends sooner
 * does not need them.
 */
const WARM = 64 * BLOCK_SIZE

/**
 * Hashes for one thread. It has blocks to hash in, and a hashing thread for more than a few of them. Create
 * it at the start of the thread or program: the memory and the hashing thread are created only when they are
 * first needed.
 */
export class Hasher implements Disposable {
  readonly blocks: BlockPool
  #kernel: Kernel | undefined
  #thread: HashThread | undefined
  /** The bytes that the calling thread has hashed with the kernel. */
  #hashedHere = 0
  /** The bytes that OpenSSL has hashed. */
  #hashedApart = 0

  /** @param blocks the number of blocks, at most 4,091 */
  constructor(blocks = BLOCKS) {
    this.blocks = new BlockPool(
      blocks,
      () => this.kernel,
      () => this.#thread?.hurry(),
    )
  }

  /** The kernel for hashing synchronously in the calling thread. */
  get kernel(): Kernel {
    this.#kernel ??= new Kernel(createMemory(this.blocks.count))
    return this.#kernel
  }

  /**
   * The MD5 of each message. After many bytes, messages are hashed side by side, which is two to three times
   * as fast as one by one.
   * @param warm the number of bytes to hash one by one before that
   */
  md5sOf(messages: readonly Uint8Array[], warm = WARM): Uint8Array[] {
    if (this.#hashedApart >= warm)
      return this.kernel.absorbAll(
        messages.map((bytes) => ({ start: CHAIN_START, bytes, length: bytes.length })),
      )
    for (const { length } of messages) this.#hashedApart += length
    return messages.map((bytes) => hash('md5', bytes, 'buffer'))
  }

  /**
   * Whether a block matches its claim. The hashing thread checks it side by side with others that wait, unless it is so
   * short that the calling thread checks it sooner than it could wake the other one.
   * `bytes` must not change until then. They are not copied if they are in one of the {@link blocks}.
   * @param hurry whether to start without waiting for other blocks; `first` also overtakes blocks that wait
   */
  async check({ start, bytes, end, length }: BlockCheck, hurry: boolean | 'first'): Promise<boolean> {
    const thread = bytes.length < SHORT ? undefined : this.#onlineThread()
    const value = thread
      ? await thread.hash({ start, length, isFirst: hurry === 'first' }, bytes, hurry !== false)
      : this.#absorbHere({ start, bytes, length })
    return sameValue(value, end)
  }

  /** Begins a chain, which the hashing thread computes. Several chains share the lanes. */
  chain(start: ChainValue): HashedChain {
    return new HashedChain(
      start,
      (piece) => this.#absorbHere(piece),
      () => this.#onlineThread(),
    )
  }

  /** Ends the hashing thread: its unanswered jobs fail. */
  [Symbol.dispose](): void {
    this.#thread?.[Symbol.dispose]()
    this.#thread = undefined
  }

  #absorbHere(piece: Piece): ChainValue {
    this.#hashedHere += piece.bytes.length
    return this.kernel.absorbAll([piece])[0] ?? piece.start
  }

  /** The hashing thread, if enough has been hashed to justify one and it has started. */
  #onlineThread(): HashThread | undefined {
    if (this.#hashedHere < FEW) return undefined
    this.#thread ??= new HashThread(this.kernel.memory, () => {
      this.#thread = undefined
    })
    return this.#thread.isOnline ? this.#thread : undefined
  }
}

/** A chain that a {@link Hasher} computes. */
export class HashedChain implements Disposable {
  readonly #absorbHere: (piece: Piece) => ChainValue
  readonly #onlineThread: () => HashThread | undefined
  /** The present chaining value, as long as the calling thread computes the chain. */
  #start: ChainValue | undefined
  /** The thread that has computed the chain since then, and the number of the chain there. */
  #there: { readonly thread: HashThread; readonly chain: number } | undefined

  constructor(
    start: ChainValue,
    absorbHere: (piece: Piece) => ChainValue,
    onlineThread: () => HashThread | undefined,
  ) {
    this.#start = start
    this.#absorbHere = absorbHere
    this.#onlineThread = onlineThread
  }

  /**
   * The chaining value after the next `bytes`. May be called again before the result is available; `bytes`
   * must not change until then.
   * @param length the length of the message, if the bytes end it; the result is then its MD5
   * @throws ReferenceError if this chain has been disposed of
   */
  async absorb(bytes: Uint8Array, length?: number): Promise<ChainValue> {
    const start = this.#start
    if (start !== undefined) {
      // For few bytes, using another thread would cost more than it saves.
      const thread = bytes.length < SHORT ? undefined : this.#onlineThread()
      if (thread === undefined) {
        this.#start = this.#absorbHere({ start, bytes, length })
        return this.#start
      }
      this.#start = undefined
      this.#there = { thread, chain: thread.nextChain() }
    }
    if (this.#there === undefined) throw new ReferenceError('this chain has been disposed of')
    const { thread, chain } = this.#there
    return await thread.hash({ start, chain, length }, bytes, false)
  }

  [Symbol.dispose](): void {
    this.#there?.thread.forget(this.#there.chain)
    this.#start = undefined
    this.#there = undefined
  }
}
