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

/** Where blocks come from: a pool, or one owner's share of it. */
export interface Blocks {
  /** A block, or undefined if there is none at once. @param length see {@link TakeOptions} */
  tryTake(length?: number): Block | undefined
  /**
   * A block as soon as there is one.
   * @throws the signal's reason
   */
  take(options?: TakeOptions): Promise<Block>
}

interface Waiting {
  /** Grows with each that begins to wait. */
  readonly ticket: number
  readonly length: number
  readonly grant: (block: Block) => void
}

/** Somebody who has blocks, or waits for some: the first who came is the first of `waiting`. */
interface Owner {
  readonly isLimited: boolean
  held: number
  waiting: Waiting[]
}

/**
 * The blocks of a kernel's memory: filled and hashed where they are, without copying and without asking the system for
 * memory again and again. There are never more of them than the kernel has slots; if none is left, whoever wants one waits.
 *
 * An owner with a {@link share} has at most as many blocks as are left for others (the dynamic threshold of switches that
 * share a buffer, Choudhury and Hahne 1998): half of them alone, a third beside another, and a newcomer finds one.
 * Of those who wait, the one with the fewest blocks is next.
 */
export class BlockPool implements Blocks {
  /** How many blocks there are. */
  readonly count: number
  readonly #kernel: () => Kernel
  /** Those that nobody has. Undefined before the first is taken. */
  #free: Uint8Array[] | undefined
  readonly #owners = new Map<string, Owner>()
  /** Whoever needs no share of its own. */
  readonly #everybody: Owner = { isLimited: false, held: 0, waiting: [] }
  #tickets = 0

  /** @param kernel has `count` slots; called when the first block is taken */
  constructor(count: number, kernel: () => Kernel) {
    this.count = count
    this.#kernel = kernel
  }

  /** How many blocks somebody has. */
  get taken(): number {
    return this.#free === undefined ? 0 : this.count - this.#free.length
  }

  tryTake(length = BLOCK_SIZE): Block | undefined {
    return this.#tryTake(() => this.#everybody, length)
  }

  take(options: TakeOptions = {}): Promise<Block> {
    return this.#takeFor(() => this.#everybody, options)
  }

  /** Whether somebody waits for a block. */
  get isWanted(): boolean {
    return [this.#everybody, ...this.#owners.values()].some(({ waiting }) => waiting.length > 0)
  }

  /** What one owner may take. Shares of one name are one share. */
  share(name: string): Blocks {
    const owner = (): Owner => {
      const known = this.#owners.get(name) ?? { isLimited: true, held: 0, waiting: [] }
      this.#owners.set(name, known)
      return known
    }
    return {
      tryTake: (length = BLOCK_SIZE) => this.#tryTake(owner, length),
      take: (options = {}) => this.#takeFor(owner, options),
    }
  }

  #tryTake(ownerOf: () => Owner, length: number): Block | undefined {
    if (length <= LARGE) return new Block(Buffer.allocUnsafe(length))
    const owner = ownerOf()
    return owner.waiting.length === 0 && this.#mayTake(owner) ? this.#take(owner, length) : undefined
  }

  async #takeFor(ownerOf: () => Owner, { length = BLOCK_SIZE, signal }: TakeOptions): Promise<Block> {
    signal?.throwIfAborted()
    return this.#tryTake(ownerOf, length) ?? (await this.#wait(ownerOf(), length, signal))
  }

  #mayTake({ isLimited, held }: Owner): boolean {
    const left = this.count - this.taken
    return left > 0 && (!isLimited || held === 0 || held < left)
  }

  #take(owner: Owner, length: number): Block {
    this.#free ??= Array.from({ length: this.count }, (_, i) => this.#kernel().slot(i))
    const slot = this.#free.pop()
    if (slot === undefined) throw new RangeError('there is no block left')
    owner.held++
    return new Block(slot.subarray(0, length), () => this.#giveBack(owner, slot))
  }

  async #wait(owner: Owner, length: number, signal: AbortSignal | undefined): Promise<Block> {
    const { promise, resolve, reject } = Promise.withResolvers<Block>()
    const one = { ticket: ++this.#tickets, length, grant: resolve }
    const stop = (): void => {
      owner.waiting = owner.waiting.filter((other) => other !== one)
      this.#forgetIdle()
      reject(signal?.reason)
    }
    signal?.addEventListener('abort', stop, { once: true })
    owner.waiting.push(one)
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

  /** Who waits and is to have the next block: the one with the fewest, or of several the one that has waited longest. */
  #next(): Owner | undefined {
    let next: Owner | undefined
    for (const owner of [this.#everybody, ...this.#owners.values()]) {
      const [first] = owner.waiting
      if (first === undefined || !this.#mayTake(owner)) continue
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
