import { hash } from 'node:crypto'
import { BLOCK_SIZE, CHAIN_START, type ChainValue, sameValue } from './chain.ts'
import { HashThread } from './hash-thread.ts'
import { type BlockCheck, Kernel, type Piece } from './kernel.ts'
import { createMemory } from './memory.ts'
import { BlockPool } from './pool.ts'

/** How many blocks there are unless somebody says otherwise. They take no RAM until they are used. */
const BLOCKS = 64
/** Bytes that are hashed in a fraction of a millisecond. */
const SHORT = 131_072
/** Bytes that are hashed in less time than the start of a thread costs, several times over. */
const FEW = 8 * BLOCK_SIZE
/** So many bytes OpenSSL hashes in the time that V8 takes to make the lanes fast: a program that ends before needs none. */
const WARM = 64 * BLOCK_SIZE

/**
 * Hashes for one thread, with blocks to hash in and a hashing thread for more than a few of them. Made where the thread
 * or the program begins; the memory and the hashing thread come into being when they are first needed.
 */
export class Hasher implements Disposable {
  readonly blocks: BlockPool
  #kernel: Kernel | undefined
  #thread: HashThread | undefined
  /** Bytes hashed by its owner. */
  #hashedHere = 0
  /** Bytes hashed by OpenSSL. */
  #hashedApart = 0

  /** @param blocks how many it works with, up to 4,091 */
  constructor(blocks = BLOCKS) {
    this.blocks = new BlockPool(blocks, () => this.kernel)
  }

  /** Hashes in the calling thread, and at once. */
  get kernel(): Kernel {
    this.#kernel ??= new Kernel(createMemory(this.blocks.count))
    return this.#kernel
  }

  /**
   * The MD5 of each message. Once there are many it is computed side by side, which is two to three times as fast as one
   * by one.
   * @param warm bytes that are hashed one by one before that
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
   * Whether a block is what it claims, found out in the hashing thread, side by side with others that wait. `bytes` must
   * stay as they are until then; they are not copied if they are in one of the {@link blocks}.
   * @param hurry do not wait for others
   */
  async check({ start, bytes, end, length }: BlockCheck, hurry: boolean): Promise<boolean> {
    const thread = this.#onlineThread()
    const value = thread
      ? await thread.hash({ start, length }, bytes, hurry)
      : this.#absorbHere({ start, bytes, length })
    return sameValue(value, end)
  }

  /** A chain that is computed in the hashing thread; several of them share the lanes. */
  chain(start: ChainValue): HashedChain {
    return new HashedChain(
      start,
      (piece) => this.#absorbHere(piece),
      () => this.#onlineThread(),
    )
  }

  /** Ends the hashing thread: what is being hashed there fails. */
  [Symbol.dispose](): void {
    this.#thread?.[Symbol.dispose]()
    this.#thread = undefined
  }

  #absorbHere(piece: Piece): ChainValue {
    this.#hashedHere += piece.bytes.length
    return this.kernel.absorbAll([piece])[0] ?? piece.start
  }

  /** The hashing thread, once it is worth its start and has started. */
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
  /** Where it stands, as long as it has been computed here. */
  #start: ChainValue | undefined
  /** Who computes it since, and its number there. */
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
   * The chaining value after the next `bytes`. May be called again before it is there; `bytes` must stay as they are
   * until then.
   * @param length given where they end the message: its length; the result is its MD5
   */
  async absorb(bytes: Uint8Array, length?: number): Promise<ChainValue> {
    const start = this.#start
    if (start !== undefined) {
      // Short ones are not worth the way to another thread.
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
    return await thread.hash({ start, chain, length }, bytes, true)
  }

  [Symbol.dispose](): void {
    this.#there?.thread.forget(this.#there.chain)
    this.#start = undefined
    this.#there = undefined
  }
}
