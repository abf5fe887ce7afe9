import { Block } from './block.ts'
import { BLOCK_SIZE } from './chain.ts'
import type { Kernel } from './kernel.ts'

/** Up to this many bytes, allocating and copying costs less than taking a block of the kernel. */
const LARGE = 65_536

/** The requested length, and a signal that ends the wait. */
export interface TakeOptions {
  /**
   * The number of bytes, at most a block. Default: a block. Up to 64 KiB come from ordinary memory, without a
   * wait.
   */
  readonly length?: number
  /**
   * Whether the block is given back within a moment, and not held while a peer is waited for. Such a request
   * does not wait for others of its owner, nor for the owner's limit.
   */
  readonly isBrief?: boolean | undefined
  /** Its abort ends the wait. */
  readonly signal?: AbortSignal | undefined
}

/** A source of blocks: a pool, or one owner's share of it. */
export interface Blocks {
  /** The name of the owner whose share this is; empty for the whole pool. */
  readonly owner: string
  /** A block, or undefined if none is available at once. @param length see {@link TakeOptions} */
  tryTake(length?: number): Block | undefined
  /**
   * A block, as soon as one is available.
   * @throws the signal's reason
   */
  take(options?: TakeOptions): Promise<Block>
  /** Whether somebody waits who would get what is given back here. */
  readonly isWanted: boolean
}

/** The part of the blocks below which those left are too few to be divided fairly. */
const SCARCE = 1 / 8

interface Waiting {
  /** Increases with each request that begins to wait. */
  readonly ticket: number
  readonly length: number
  readonly isBrief: boolean
  readonly grant: (block: Block) => void
}

/**
 * An owner that holds blocks or waits for some; `waiting` is in the order of the requests, the brief ones
 * first.
 */
interface Owner {
  readonly isLimited: boolean
  held: number
  waiting: Waiting[]
}

/**
 * The blocks of a kernel's memory. They are filled and hashed in place, without copying and without repeated
 * allocation. Their number is limited to the kernel's slots: if no block is left, a request waits.
 *
 * An owner with a {@link share} may hold at most as many blocks as remain for others (the dynamic threshold
 * for switches with a shared buffer, Choudhury and Hahne 1998): half of them if it is alone, a third beside
 * one other owner, and a newcomer still finds one. Of the owners that wait, the one with the fewest blocks
 * gets the next block.
 */
export class BlockPool implements Blocks {
  readonly owner = ''
  /** The total number of blocks. */
  readonly count: number
  readonly #kernel: () => Kernel
  readonly #onWanted: () => void
  /** The blocks that nobody holds. Undefined before the first one is taken. */
  #free: Uint8Array[] | undefined
  readonly #owners = new Map<string, Owner>()
  /** The owner of all blocks that are taken without a share. */
  readonly #everybody: Owner = { isLimited: false, held: 0, waiting: [] }
  #tickets = 0

  /**
   * @param kernel returns a kernel with `count` slots; called when the first block is taken
   * @param onWanted called when somebody begins to wait
   */
  constructor(count: number, kernel: () => Kernel, onWanted: () => void = () => {}) {
    this.count = count
    this.#kernel = kernel
    this.#onWanted = onWanted
  }

  /** The number of blocks that are held. */
  get taken(): number {
    return this.#free === undefined ? 0 : this.count - this.#free.length
  }

  tryTake(length = BLOCK_SIZE): Block | undefined {
    return this.#tryTake(() => this.#everybody, length)
  }

  take(options: TakeOptions = {}): Promise<Block> {
    return this.#takeFor(() => this.#everybody, options)
  }

  /** Whether any request waits for a block. */
  get isWanted(): boolean {
    return [this.#everybody, ...this.#owners.values()].some(({ waiting }) => waiting.length > 0)
  }

  /** The share of one owner. Calls with the same name return the same share. */
  share(name: string): Blocks {
    const owner = (): Owner => {
      const known = this.#owners.get(name) ?? { isLimited: true, held: 0, waiting: [] }
      this.#owners.set(name, known)
      return known
    }
    const isWanted = (): boolean =>
      (this.#owners.get(name)?.waiting.length ?? 0) > 0 || (this.#isScarce && this.isWanted)
    return {
      owner: name,
      tryTake: (length = BLOCK_SIZE) => this.#tryTake(owner, length),
      take: (options = {}) => this.#takeFor(owner, options),
      get isWanted() {
        return isWanted()
      },
    }
  }

  #tryTake(ownerOf: () => Owner, length: number, isBrief = false): Block | undefined {
    if (length <= LARGE) return new Block(Buffer.allocUnsafe(length))
    const owner = ownerOf()
    const isNext = owner.waiting.length === 0 || (isBrief && owner.waiting[0]?.isBrief !== true)
    return isNext && this.#mayTake(owner, isBrief) ? this.#take(owner, length) : undefined
  }

  async #takeFor(ownerOf: () => Owner, options: TakeOptions): Promise<Block> {
    const { length = BLOCK_SIZE, isBrief = false, signal } = options
    signal?.throwIfAborted()
    return (
      this.#tryTake(ownerOf, length, isBrief) ?? (await this.#wait(ownerOf(), { length, isBrief }, signal))
    )
  }

  /** Whether so few are left that all owners should give back what they can do without. */
  get #isScarce(): boolean {
    return this.count - this.taken <= this.count * SCARCE
  }

  #mayTake({ isLimited, held }: Owner, isBrief: boolean): boolean {
    const left = this.count - this.taken
    return left > 0 && (!isLimited || isBrief || held === 0 || held < left)
  }

  #take(owner: Owner, length: number): Block {
    this.#free ??= Array.from({ length: this.count }, (_, i) => this.#kernel().slot(i))
    const slot = this.#free.pop()
    if (slot === undefined) throw new RangeError('there is no block left')
    owner.held++
    return new Block(slot.subarray(0, length), () => this.#giveBack(owner, slot))
  }

  async #wait(
    owner: Owner,
    wanted: Pick<Waiting, 'length' | 'isBrief'>,
    signal: AbortSignal | undefined,
  ): Promise<Block> {
    const { promise, resolve, reject } = Promise.withResolvers<Block>()
    const one = { ...wanted, ticket: ++this.#tickets, grant: resolve }
    const stop = (): void => {
      owner.waiting = owner.waiting.filter((other) => other !== one)
      this.#forgetIdle()
      reject(signal?.reason)
    }
    signal?.addEventListener('abort', stop, { once: true })
    const behind = wanted.isBrief ? owner.waiting.findIndex(({ isBrief }) => !isBrief) : -1
    owner.waiting.splice(behind < 0 ? owner.waiting.length : behind, 0, one)
    this.#onWanted()
    try {
      return await promise
    } finally {
      signal?.removeEventListener('abort', stop)
    }
  }

  #giveBack(owner: Owner, slot: Uint8Array): void {
    this.#free?.push(slot)
    owner.held--
    for (let next = this.#next(); next !== undefined; next = this.#next()) {
      const first = next.waiting.shift()
      first?.grant(this.#take(next, first.length))
    }
    this.#forgetIdle()
  }

  /**
   * The waiting owner that gets the next block: the one with the fewest blocks or, among equals, the one that
   * has waited longest.
   */
  #next(): Owner | undefined {
    let next: Owner | undefined
    for (const owner of [this.#everybody, ...this.#owners.values()]) {
      const [first] = owner.waiting
      if (first === undefined || !this.#mayTake(owner, first.isBrief)) continue
      const isAhead =
        next === undefined ||
        owner.held < next.held ||
        (owner.held === next.held && first.ticket < (next.waiting[0]?.ticket ?? 0))
      if (isAhead) next = owner
    }
    return next
  }

  #forgetIdle(): void {
    for (const [name, { held, waiting }] of this.#owners)
      if (held === 0 && waiting.length === 0) this.#owners.delete(name)
  }
}
