import { BLOCK_SIZE, Block, type BlockCheck, hashAhead } from '@ftp/md5'
import { type Entry, TransferError } from '@ftp/protocol'
import type { SourceFile } from '../storage/storage.ts'
import { FileChain } from './chain.ts'
import type { Content } from './hashed-partial.ts'
import { type PieceSource, ReadAhead } from './read-ahead.ts'
import type { Share } from './share.ts'

/** How long a caller may take for a slice before what has been read ahead is released, in milliseconds. */
const HOLD_MS = 250
/** Up to this many bytes of a block are copied out of it. */
const FEW = 65_536
/** The number of blocks that are checked side by side. */
const LANES = 4

/** Consecutive bytes of a file. */
export interface Slice {
  readonly offset: number
  /** The bytes: at least 1, at most a block. The caller owns them. */
  readonly block: Block
}

/** Part of a file, from the byte at `start` to the one before `end`. */
export interface Range {
  readonly start: number
  readonly end: number
}

/** A block of the file, or its shorter end. */
interface WholeBlock {
  readonly index: number
  readonly block: Block
}

interface Reading {
  /** Whether nothing after it is wanted, so that it has to be known now that the file has not changed. */
  readonly isLast: boolean
  /** As in TakeOptions. */
  readonly isBrief?: boolean
}

/**
 * One version of a file, open for reading at any offset. The disk is read in whole blocks, each of which is
 * checked against the stored chain before any of its bytes are handed out. If the version has no stored
 * digest because another program wrote it, reading it from the start computes the digest and stores it.
 */
export class VerifiedFile implements AsyncDisposable {
  readonly #share: Pick<Share, 'hasher' | 'blocks' | 'digests'>
  readonly #file: SourceFile
  readonly #chain: FileChain
  /** The number of blocks, from the first on, that are known or being hashed. */
  #hashed: number

  /** @param file is taken over */
  constructor(share: Pick<Share, 'hasher' | 'blocks' | 'digests'>, file: SourceFile) {
    this.#share = share
    this.#file = file
    this.#chain = new FileChain(file, share, share.digests)
    this.#hashed = this.#chain.blocks
  }

  /** The properties of the file when it was opened. */
  get entry(): Entry {
    return this.#file.entry
  }

  /** Changes whenever the content may have changed. Opaque, at most 200 characters. */
  get version(): string {
    return this.#file.version
  }

  /** The MD5 of the whole file, if it is known without reading the file: see {@link computeMd5}. */
  get md5(): Uint8Array | undefined {
    return this.#chain.md5
  }

  /** The digest of the whole file, as far as it is known, for a copy of it; undefined if the MD5 is not known. */
  get content(): Content | undefined {
    const { md5, blocks } = this.#chain
    const values = Array.from({ length: blocks }, (_, i) => this.#chain.valueAfter(i + 1))
    return md5 && { size: this.entry.size, md5, chain: Buffer.concat(values) }
  }

  /**
   * The MD5 of the whole file. If it is not known, this reads the whole file.
   * @param signal its abort ends the reading
   * @throws TransferError `changed`
   */
  async computeMd5(signal: AbortSignal): Promise<Uint8Array> {
    if (this.#chain.md5 !== undefined) return this.#chain.md5
    // Another chain, because a reader may be extending this one.
    using chain = new FileChain(this.#file, this.#share, this.#share.digests)
    const blocks = Math.floor(this.entry.size / BLOCK_SIZE)
    for await (const _ of chain.extendTo(blocks, signal)) signal.throwIfAborted()
    using tail = await this.#share.blocks.take({ length: this.entry.size - blocks * BLOCK_SIZE, signal })
    await this.#file.read(tail.bytes, blocks * BLOCK_SIZE)
    this.#file.requireUnchanged()
    return await chain.finish(tail.bytes)
  }

  /**
   * Reads a range, and reads ahead of the caller. Any number of ranges may be read, also at the same time.
   *
   * While a slice is with the caller, what has been read ahead is kept for a quarter of a second. A caller
   * whose peer takes longer should give back the slice as well, and read its bytes again in small pieces
   * ({@link readAgain}).
   * @param signal its abort ends the wait for memory
   * @param isSlow whether the caller will wait before it takes the next slice, so that nothing is read ahead
   * @throws TransferError `changed` if another program has written to the file; `checksum` if its bytes are
   * not those that were stored
   * @throws RangeError if there are no such bytes
   */
  async *slices(
    { start, end }: Range,
    signal: AbortSignal,
    isSlow: () => boolean = () => false,
  ): AsyncGenerator<Slice> {
    if (!(start >= 0 && start <= end && end <= this.entry.size))
      throw new RangeError(`there are no bytes from ${start} to ${end}`)
    if (start === end) return
    if (end - start <= FEW) return yield* this.#few({ start, end }, signal)
    await using ahead = new ReadAhead(this.#sliced({ start, end }), signal)
    for (let at = start; at < end; ) {
      if (isSlow()) ahead.rest()
      const { offset, block } = await ahead.next()
      at = offset + block.length
      const slow = setTimeout(() => ahead.rest(), HOLD_MS)
      try {
        yield { offset, block }
      } finally {
        clearTimeout(slow)
      }
    }
  }

  /**
   * Few bytes, which do not wait for large transfers: their blocks are held for no longer than it takes to read and check
   * them.
   */
  async *#few({ start, end }: Range, signal: AbortSignal): AsyncGenerator<Slice> {
    for (let at = start; at < end; ) {
      const index = Math.floor(at / BLOCK_SIZE)
      const { block } = await this.#read(index, { isLast: true, isBrief: true }, signal)
      using whole = block.move()
      await this.#check({ index, block: whole }, 'first')
      const from = at - index * BLOCK_SIZE
      const bytes = whole.bytes.slice(from, from + end - at)
      whole[Symbol.dispose]()
      yield { offset: at, block: new Block(bytes) }
      at += bytes.length
    }
  }

  /**
   * Reads bytes again that have been read before, and therefore been checked.
   * @throws TransferError `changed` if they may be others by now
   */
  async readAgain(buffer: Uint8Array, offset: number): Promise<void> {
    await this.#file.read(buffer, offset)
    this.#file.requireUnchanged()
  }

  #sliced({ start, end }: Range): PieceSource<Slice> {
    const first = Math.floor(start / BLOCK_SIZE)
    const last = Math.floor((end - 1) / BLOCK_SIZE)
    const read = (index: number, signal: AbortSignal): Promise<WholeBlock> =>
      this.#read(index, { isLast: index === last }, signal)
    // The first block is wanted at once, and nothing follows the last one; in between, lanes are filled.
    const check = (block: WholeBlock): Promise<void> =>
      this.#check(block, block.index === last || (block.index - first) % LANES === 0)
    const cut = ({ index, block: whole }: WholeBlock): Slice => {
      using block = whole
      const at = index * BLOCK_SIZE
      const from = Math.max(start, at)
      return { offset: from, block: block.slice(from - at, Math.min(end - at, block.length)) }
    }
    return {
      start,
      async *pieces(from, signal) {
        const checked = hashAhead(Math.floor(from / BLOCK_SIZE), {
          read: (index) => read(index, signal),
          isLast: ({ index }) => index === last,
          hash: check,
          depth: 2 * LANES,
        })
        for await (const { read: block } of checked) yield cut(block)
      },
      async piece(from, signal) {
        const { index, block: whole } = await read(Math.floor(from / BLOCK_SIZE), signal)
        using block = whole
        await check({ index, block })
        return cut({ index, block: block.move() })
      },
    }
  }

  async #read(index: number, { isLast, isBrief }: Reading, signal: AbortSignal): Promise<WholeBlock> {
    const at = index * BLOCK_SIZE
    const length = Math.min(BLOCK_SIZE, this.entry.size - at)
    using block = await this.#share.blocks.take({ length, isBrief, signal })
    if ((await this.#file.read(block.bytes, at)) < length || isLast) this.#file.requireUnchanged()
    return { index, block: block.move() }
  }

  /** @throws TransferError `changed`, `checksum` */
  async #check({ index, block: { bytes } }: WholeBlock, hurry: boolean | 'first'): Promise<void> {
    const claim = this.#claimOf(index, bytes.length)
    if (claim !== undefined) {
      if (await this.#share.hasher.check({ ...claim, bytes }, hurry)) return
      this.#file.requireUnchanged()
      throw new TransferError(
        'checksum',
        `"${this.entry.name}" is damaged on the disk: the block at ${index * BLOCK_SIZE} is not what was stored; restore the file from a backup`,
      )
    }
    // The value of this block is not known. If everything before it is known, its value can be recorded now.
    if (index !== this.#hashed) return
    this.#hashed++
    if (index * BLOCK_SIZE + bytes.length === this.entry.size) await this.#chain.finish(bytes)
    else await this.#chain.record(index, bytes)
  }

  /** What the digest says about a block; undefined if it says nothing. */
  #claimOf(index: number, length: number): Omit<BlockCheck, 'bytes'> | undefined {
    const chain = this.#chain
    const { size } = this.entry
    if (index > chain.blocks) return undefined
    const start = chain.valueAfter(index)
    if (length === BLOCK_SIZE && index < chain.blocks) return { start, end: chain.valueAfter(index + 1) }
    const isEnd = index * BLOCK_SIZE + length === size
    return isEnd && chain.md5 !== undefined ? { start, end: chain.md5, length: size } : undefined
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#chain[Symbol.dispose]()
    await this.#file[Symbol.asyncDispose]()
  }
}
