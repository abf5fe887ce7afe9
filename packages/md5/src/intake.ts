import type { Block } from './block.ts'
import { BLOCK_SIZE, type ChainValue, type Checkpoint, sameValue } from './chain.ts'
import type { Hasher } from './hasher.ts'
import type { BlockCheck } from './kernel.ts'

/** The options and callbacks of an {@link Intake}. The callbacks must not throw. */
export interface IntakeOptions {
  /**
   * Whether to write only proven bytes, for a destination from which written bytes cannot be taken back. This
   * is slower, because blocks are processed one after another.
   */
  readonly provenFirst?: boolean
  /**
   * The maximum number of blocks that may be received but not checked yet. Default: 14, enough to fill the
   * lanes while others arrive.
   */
  readonly unchecked?: number | undefined
  /** Called when all bytes before `position` are written and proven. */
  readonly proven: (position: number) => void
  /** Called if the block that begins at `offset` does not match its claim: it has to be received again. */
  readonly damaged: (offset: number) => void
}

/** A block that is being checked and written. */
interface Judged extends Omit<BlockCheck, 'bytes'> {
  readonly checked: Promise<boolean>
  readonly written: Promise<void>
}

/**
 * Receives the blocks of a file as they arrive. Each is written at once, and checked side by side with others
 * after that. Written bytes count only when they are proven, together with everything before them.
 */
export class Intake {
  /**
   * The chaining values of the proven blocks, beginning with the first one received. There is none for a
   * block that ends the file.
   */
  readonly values: ChainValue[] = []
  readonly #hasher: Hasher
  readonly #write: (bytes: Uint8Array, offset: number) => Promise<void>
  readonly #options: IntakeOptions
  /** The claimed chaining value at each offset that is not proven yet. */
  readonly #claims = new Map<number, ChainValue>()
  /** Blocks that match their claims, provided that the claimed value at their start is true. */
  readonly #good = new Map<
    number,
    { readonly start: ChainValue; readonly end: ChainValue; readonly size: number }
  >()
  #received: number
  #proven: number
  #value: ChainValue
  #running = 0
  #failure: unknown
  #waiting: (() => void)[] = []

  /**
   * @param from the checkpoint at the first byte to come
   * @param write writes all of the bytes at the given offset
   */
  constructor(
    hasher: Hasher,
    from: Checkpoint,
    write: (bytes: Uint8Array, offset: number) => Promise<void>,
    options: IntakeOptions,
  ) {
    this.#hasher = hasher
    this.#write = write
    this.#options = options
    this.#received = from.length
    this.#proven = from.length
    this.#value = from.value
    this.#claims.set(from.length, from.value)
  }

  /** The offset after the last received byte. */
  get received(): number {
    return this.#received
  }

  /**
   * The end of the proven bytes, and the chaining value there (or, if the file has ended, at the start of its
   * last block).
   */
  get checkpoint(): Checkpoint {
    return { length: this.#proven, value: this.#value }
  }

  /**
   * Receives the block at `received`, or one that was damaged.
   * @param block is taken over, and released after it has been written and checked
   * @param end the chaining value after it; with `length`, the MD5 of the file
   * @param length the size of the file, if the block ends it
   * @returns a promise that resolves when the block is written and not too many blocks wait to be checked
   * @throws RangeError if no block is expected at `offset`; also whatever `write` has thrown, for this block
   * or an earlier one
   */
  async take(offset: number, block: Block, end: ChainValue, length?: number): Promise<void> {
    const start = this.#claims.get(offset)
    if (start === undefined) throw new RangeError(`nothing is expected at ${offset}`)
    const behind = offset + block.length
    if (length === undefined) this.#claims.set(behind, end)
    this.#received = Math.max(this.#received, behind)
    await this.#process(offset, block.move(), { start, end, length })
    const { unchecked = 14 } = this.#options
    await this.#until(() => this.#running <= unchecked)
  }

  /**
   * Writes and checks a block.
   * @returns a promise that resolves when it is written; the check may then still be running
   */
  #process(offset: number, block: Block, claim: Omit<BlockCheck, 'bytes'>): Promise<void> {
    const { bytes } = block
    const { provenFirst = false } = this.#options
    const checked = this.#hasher.check({ ...claim, bytes }, provenFirst || claim.length !== undefined)
    const written = provenFirst
      ? checked.then((good) => (good ? this.#write(bytes, offset) : undefined))
      : this.#write(bytes, offset)
    void this.#judge(offset, block, { ...claim, checked, written })
    return written
  }

  /** Waits for the outcome of a block, and releases the block. Never rejects. */
  async #judge(offset: number, block: Block, { start, end, checked, written }: Judged): Promise<void> {
    this.#running++
    try {
      using owned = block
      const size = owned.length
      // If one of the two fails, the other may still be reading the bytes, so wait for both.
      const [check, write] = await Promise.allSettled([checked, written])
      if (check.status === 'rejected') throw check.reason
      if (write.status === 'rejected') throw write.reason
      if (!check.value) return this.#options.damaged(offset)
      this.#good.set(offset, { start, end, size })
      this.#advance()
    } catch (error) {
      this.#failure ??= error
    } finally {
      this.#running--
      for (const wake of this.#waiting.splice(0)) wake()
    }
  }

  /** Resolves when all received blocks have been written and checked. @throws whatever `write` has thrown */
  async settled(): Promise<void> {
    await this.#until(() => this.#running === 0)
  }

  async #until(condition: () => boolean): Promise<void> {
    while (!condition()) await new Promise<void>((resolve) => this.#waiting.push(resolve))
    if (this.#failure !== undefined) throw this.#failure
  }

  #advance(): void {
    for (;;) {
      const block = this.#good.get(this.#proven)
      if (block === undefined) return
      this.#good.delete(this.#proven)
      // The previous block was received again, and its chaining value differs from the one that was first
      // claimed.
      if (!sameValue(block.start, this.#value)) return this.#options.damaged(this.#proven)
      this.#claims.delete(this.#proven)
      this.#proven += block.size
      if (block.size === BLOCK_SIZE && this.#claims.has(this.#proven)) {
        this.#value = block.end
        // Copy the value: a view would keep its whole underlying buffer in memory, for each block of the
        // file.
        this.values.push(new Uint8Array(block.end))
      }
      this.#options.proven(this.#proven)
    }
  }
}
