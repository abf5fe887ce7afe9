import type { Block } from './block.ts'
import { BLOCK_SIZE, type ChainValue, type Checkpoint, sameValue } from './chain.ts'
import type { Hasher } from './hasher.ts'
import type { BlockCheck } from './kernel.ts'

/** How an {@link Intake} works, and whom it tells. Nothing may be thrown from the functions. */
export interface IntakeOptions {
  /** Write only what is proven: what is written cannot be taken back. Block after block, so it is slower. */
  readonly provenFirst?: boolean
  /**
   * How many blocks may have been taken and not been checked. Default: 14, enough to fill the lanes while others
   * arrive.
   */
  readonly unchecked?: number | undefined
  /** All bytes before `position` are written and proven. */
  readonly proven: (position: number) => void
  /** The block that begins at `offset` is not what was claimed of it: it must be taken again. */
  readonly damaged: (offset: number) => void
}

/** A block that is being checked and written. */
interface Judged extends Omit<BlockCheck, 'bytes'> {
  readonly checked: Promise<boolean>
  readonly written: Promise<void>
}

/**
 * Takes the blocks of a file as they come: each is written at once, and checked in lanes behind that. What is written
 * counts only when it is proven, together with everything before it.
 */
export class Intake {
  /** The chaining values of the proven blocks, from the first taken on. Not of one that ends the file. */
  readonly values: ChainValue[] = []
  readonly #hasher: Hasher
  readonly #write: (bytes: Uint8Array, offset: number) => Promise<void>
  readonly #options: IntakeOptions
  /** What is claimed to be the chaining value at an offset that is not proven yet. */
  readonly #claims = new Map<number, ChainValue>()
  /** Blocks that are what they claim, if what is claimed of their start is true. */
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
   * @param from the first byte to come
   * @param write writes all of the bytes there
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

  /** The byte after the last taken. */
  get received(): number {
    return this.#received
  }

  /** Where the proven bytes end, and the chaining value there (the one before it, where the file has ended). */
  get checkpoint(): Checkpoint {
    return { length: this.#proven, value: this.#value }
  }

  /**
   * Takes the block at `received`, or one that was damaged.
   * @param block is taken over, and given back when it has been written and checked
   * @param end the chaining value after it; with `length`, the MD5 of the file
   * @param length given where the block ends the file: its size
   * @returns settled when it is written, and not too much waits to be checked
   * @throws what `write` has thrown, for this block or one before
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

  /** Writes and checks a block. @returns settled when it is written; it may still be checked then */
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

  /** Waits for the outcome of a block, and gives it back. Never rejects. */
  async #judge(offset: number, block: Block, { start, end, checked, written }: Judged): Promise<void> {
    this.#running++
    try {
      using owned = block
      const size = owned.length
      // Whichever of the two fails, the other may still be reading the bytes.
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

  /** Settled when everything taken has been written and checked. @throws what `write` has thrown */
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
      // The block before it came again and ends otherwise than was claimed at first.
      if (!sameValue(block.start, this.#value)) return this.#options.damaged(this.#proven)
      this.#claims.delete(this.#proven)
      this.#proven += block.size
      if (block.size === BLOCK_SIZE && this.#claims.has(this.#proven)) {
        this.#value = block.end
        // A copy: the bytes of a Buffer would keep all that it was cut from, for each block of the file.
        this.values.push(new Uint8Array(block.end))
      }
      this.#options.proven(this.#proven)
    }
  }
}
