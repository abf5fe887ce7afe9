import {
  BLOCK_SIZE,
  type Block,
  type Blocks,
  type ChainValue,
  type HashedChain,
  type Hasher,
  STEP_SIZE,
} from '@ftp/md5'
import { TransferError } from '@ftp/protocol'
import type { RecordedChain } from '../state/uploads.ts'
import type { PartialFile } from '../storage/storage.ts'
import { BlocksUnderWay } from './blocks-under-way.ts'
import { type ChainEnd, endOf, type Proven, proveRecord, valuesOf } from './prove-record.ts'
import { RangesAhead } from './ranges-ahead.ts'

const NOTHING = new Uint8Array(0)

/** The MD5 of a complete file, and the chaining values of its whole blocks. */
export interface Content {
  readonly size: number
  readonly md5: Uint8Array
  readonly chain: Uint8Array
}

/**
 * A partial whose chain the server computes as the bytes arrive. Bytes may be written anywhere; as long as
 * each write continues the one before it, nothing is read again. If a write goes back, the chain ends there,
 * and {@link finish} reads the rest.
 */
export class HashedPartial implements AsyncDisposable {
  readonly #partial: PartialFile
  readonly #hasher: Hasher
  readonly #blocks: Blocks
  /** The chaining values of the whole blocks, from the first on. */
  #values: ChainValue[] = []
  /** The part that has been written and hashed. */
  #hashed = endOf([])
  /** The same, including the bytes that are on their way. */
  #begun: Omit<ChainEnd, 'value'> = endOf([])
  /** The end of the bytes that are written or on their way. */
  #end: number
  #hashing: HashedChain | undefined
  readonly #underWay = new BlocksUnderWay()
  /** The ranges that have been written ahead of the chain; when it reaches one, it continues over it. */
  readonly #ahead = new RangesAhead()
  /** Whether the chain has been shortened; set to false by the owner. */
  isRewound = false

  constructor(partial: PartialFile, hasher: Hasher, blocks: Blocks) {
    this.#partial = partial
    this.#hasher = hasher
    this.#blocks = blocks
    this.#end = partial.size
  }

  /** The size with all bytes that are on their way. */
  get size(): number {
    return this.#end
  }

  /** All bytes before this offset are written and in the chain. */
  get position(): number {
    return this.#hashed.size + this.#hashed.tail.length
  }

  /** The number of whole blocks in the chain. */
  get blocks(): number {
    return this.#values.length
  }

  /** The chaining value after the first `blocks` whole blocks; undefined if it is not known. */
  valueAfter(blocks: number): ChainValue | undefined {
    return this.#values[blocks - 1]
  }

  /** The chain up to {@link position}, without the values of the first `from` blocks. */
  chainFrom(from: number): RecordedChain {
    return { chain: Buffer.concat(this.#values.slice(from)), ...this.#hashed }
  }

  /**
   * Continues with the bytes of an earlier attempt, as far as they match the record; everything after them is
   * cut off. Call this first.
   * @param isTrusted whether the bytes need not be read
   */
  async resume(record: RecordedChain | undefined, isTrusted: boolean): Promise<void> {
    if (record !== undefined) {
      const { chain, ...end } = record
      const hashing = { hasher: this.#hasher, blocks: this.#blocks }
      this.#continue(
        isTrusted ? { values: valuesOf(chain), end } : await proveRecord(this.#partial, record, hashing),
      )
    }
    if (this.#partial.size > this.position) await this.#partial.truncate(this.position)
    this.#end = this.#partial.size
  }

  /** Continues this chain. */
  #continue({ values, end }: Proven): void {
    this.#values = [...values]
    this.#hashing?.[Symbol.dispose]()
    this.#hashing = undefined
    this.#hashed = end
    this.#begun = end
  }

  /**
   * The bytes to be written again before those at `offset`, so that the write continues the chain: MD5
   * absorbs 64 bytes at a time.
   */
  headOf(offset: number): Uint8Array {
    const { size, tail } = this.#begun
    return offset === size + tail.length ? tail : NOTHING
  }

  /**
   * Writes the bytes of a block, which is taken over. Resolves when not too many are on their way. They must
   * all be in one block of the file.
   * @throws whatever an earlier write has thrown
   */
  async write(block: Block, offset: number): Promise<void> {
    using owned = block
    this.#underWay.requireWell()
    if (Math.floor(offset / BLOCK_SIZE) < Math.floor((offset + owned.length - 1) / BLOCK_SIZE))
      throw new RangeError(`${owned.length} bytes at ${offset} are in several blocks`)
    if (this.#overlaps(owned.bytes, offset)) await this.settled()
    const { size, tail } = this.#begun
    if (offset !== size && offset < size + tail.length) await this.#rewind(offset)
    this.#process(owned.move(), offset)
    await this.#reach()
    await this.#underWay.room()
    this.#underWay.requireWell()
  }

  /** Whether other bytes are on their way to the same place. */
  #overlaps(bytes: Uint8Array, offset: number): boolean {
    const { size, tail } = this.#begun
    const isTailAgain = offset === size && Buffer.compare(bytes.subarray(0, tail.length), tail) === 0
    const start = isTailAgain ? size + tail.length : offset
    return this.#underWay.overlaps({ start, end: offset + bytes.length })
  }

  #process(block: Block, offset: number): void {
    const { bytes } = block
    const isNext = offset === this.#begun.size
    const whole = bytes.subarray(0, isNext ? bytes.length - (bytes.length % STEP_SIZE) : 0)
    const tail = isNext ? bytes.slice(whole.length) : undefined
    const written = this.#partial.write(bytes, offset)
    const hashed = isNext ? this.#absorb(whole) : undefined
    this.#end = Math.max(this.#end, offset + bytes.length)
    if (tail !== undefined) this.#begun = { size: offset + whole.length, tail }
    else this.#ahead.add({ start: offset, end: offset + bytes.length })
    this.#underWay.follow(block, offset, [written, hashed], () => {
      const value = hashed
      if (tail === undefined || value === undefined) return
      return value.then((end) => this.#advance({ size: offset + whole.length, value: end, tail }))
    })
  }

  /** Continues the chain over bytes that came too early, if it has reached them. */
  async #reach(): Promise<void> {
    const reached = this.#ahead.take(this.#begun.size + this.#begun.tail.length)
    if (reached === undefined) return
    await this.settled()
    await this.#catchUp(reached.end)
  }

  #absorb(bytes: Uint8Array): Promise<ChainValue> {
    this.#hashing ??= this.#hasher.chain(this.#hashed.value)
    return this.#hashing.absorb(bytes)
  }

  #advance(hashed: ChainEnd): void {
    // Copy the value: a view would keep its whole underlying buffer in memory.
    this.#hashed = { ...hashed, value: new Uint8Array(hashed.value) }
    if (hashed.size % BLOCK_SIZE === 0 && hashed.size / BLOCK_SIZE > this.#values.length)
      this.#values.push(this.#hashed.value)
  }

  /** Resolves when nothing is on its way any more. @throws whatever a write has thrown */
  async settled(): Promise<void> {
    await this.#underWay.ended()
    this.#underWay.requireWell()
  }

  /** Shortens the chain to the whole blocks before `offset`. */
  async #rewind(offset: number): Promise<void> {
    await this.settled()
    const blocks = Math.min(this.#values.length, Math.floor(offset / BLOCK_SIZE))
    this.isRewound = true
    const values = this.#values.slice(0, blocks)
    this.#continue({ values, end: endOf(values) })
  }

  /**
   * Takes over the digest of a file whose bytes have been written to the partial by other means. Call this
   * first.
   */
  async adopt({ chain }: Pick<Content, 'chain'>): Promise<void> {
    const values = valuesOf(chain)
    this.#continue({ values, end: endOf(values) })
    this.#end = this.#partial.size
    if (this.#partial.size - this.#hashed.size <= BLOCK_SIZE) await this.#catchUp(this.#partial.size)
  }

  /** Reads into `buffer` until it is full or the partial ends. @returns the number of bytes read */
  async read(buffer: Uint8Array, offset: number): Promise<number> {
    await this.settled()
    return await this.#partial.read(buffer, offset)
  }

  /** Makes the partial shorter, or longer by bytes that are 0. */
  async truncate(size: number): Promise<void> {
    await this.settled()
    if (size < this.position) await this.#rewind(size)
    await this.#partial.truncate(size)
    this.#end = size
    this.#ahead.cut(size)
  }

  /** Hashes what the chain does not cover yet, and ends it. */
  async finish(): Promise<Content> {
    await this.settled()
    const { size } = this.#partial
    await this.#catchUp(size)
    const { tail } = this.#hashed
    this.#hashing ??= this.#hasher.chain(this.#hashed.value)
    const md5 = await this.#hashing.absorb(tail, size)
    return { size, md5, chain: Buffer.concat(this.#values) }
  }

  /** Reads the bytes up to `end`, and hashes them up to the last multiple of 64. */
  async #catchUp(end: number): Promise<void> {
    for (;;) {
      const { size } = this.#begun
      const left = end - size - ((end - size) % STEP_SIZE)
      if (left === 0) break
      using block = await this.#blocks.take({ length: Math.min(BLOCK_SIZE - (size % BLOCK_SIZE), left) })
      const { length } = block
      if ((await this.#partial.read(block.bytes, size)) < length)
        throw new TransferError(
          'io',
          'another program on the server has shortened the file that is being stored',
        )
      const hashed = this.#absorb(block.bytes)
      this.#begun = { size: size + length, tail: NOTHING }
      this.#underWay.follow(block.move(), size, [hashed], () =>
        hashed.then((value) => this.#advance({ size: size + length, value, tail: NOTHING })),
      )
      await this.#underWay.room()
      this.#underWay.requireWell()
    }
    await this.settled()
    const { size, value } = this.#hashed
    const tail = Buffer.allocUnsafe(end - size)
    await this.#partial.read(tail, size)
    this.#begun = { size, tail }
    this.#hashed = { size, value, tail }
  }

  /** Waits until nothing writes to the partial any more. */
  async [Symbol.asyncDispose](): Promise<void> {
    await this.#underWay.ended()
    this.#hashing?.[Symbol.dispose]()
    this.#hashing = undefined
  }
}
