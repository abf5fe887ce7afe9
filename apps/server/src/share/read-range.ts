import { BLOCK_SIZE, type Block, hashAhead } from '@ftp/md5'
import { type Entry, type RemotePath, TransferError } from '@ftp/protocol'
import type { SourceFile } from '../storage/storage.ts'
import { record } from './audit.ts'
import { FileChain } from './chain.ts'
import { pace } from './pace.ts'
import type { RateLimit } from './rates.ts'
import { type PieceSource, ReadAhead } from './read-ahead.ts'
import { requirePermission, type Share } from './share.ts'

/** How long a caller may take for a slice before what has been read ahead is released, in milliseconds. */
const HOLD_MS = 250
/** The number of blocks that are checked side by side. */
const LANES = 4

/** Consecutive bytes of a file. */
export interface Slice {
  readonly offset: number
  /** The bytes: at least 1, at most a block. The caller owns them. */
  readonly block: Block
}

/** Part of a file. */
interface Bounds {
  /** The first byte. */
  readonly start: number
  /** The byte after the last one. */
  readonly end: number
}

/**
 * One version of a file, open for reading at any offset. The disk is read in whole blocks, each of which is
 * checked against the stored chain before any of its bytes are handed out. If the version has no stored
 * digest because another program wrote it, reading it from the start computes the digest and stores it.
 */
export class ReadableFile implements AsyncDisposable {
  readonly #share: Share
  readonly #path: RemotePath
  readonly #file: SourceFile
  readonly #chain: FileChain
  /** The number of blocks, from the first on, that are known or being hashed. */
  #hashed: number
  #sent = 0
  #wanted = 0

  constructor(share: Share, path: RemotePath, file: SourceFile) {
    this.#share = share
    this.#path = path
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

  /**
   * The MD5 of the whole file. If it is not known, this reads the whole file.
   * @param signal its abort ends the reading
   * @throws TransferError `changed`
   */
  async computeMd5(signal: AbortSignal): Promise<Uint8Array> {
    if (this.#chain.md5 !== undefined) return this.#chain.md5
    const { size } = this.entry
    // Another chain, because a reader may be extending this one.
    using chain = new FileChain(this.#file, this.#share, this.#share.digests)
    const blocks = Math.floor(size / BLOCK_SIZE)
    for await (const _ of chain.extendTo(blocks, signal)) signal.throwIfAborted()
    using tail = await this.#share.blocks.take({ length: size - blocks * BLOCK_SIZE, signal })
    await this.#file.read(tail.bytes, blocks * BLOCK_SIZE)
    this.#file.requireUnchanged()
    return await chain.finish(tail.bytes)
  }

  /**
   * Reads the bytes from `start` to before `end`, and reads ahead of the caller. If the account has a rate,
   * the slices are small and come at that rate. Any number of ranges may be read, also at the same time.
   *
   * While a slice is with the caller, what has been read ahead is kept for a quarter of a second. A caller
   * whose peer takes longer should give back the slice as well, and read its bytes again in small pieces
   * ({@link readAgain}).
   * @param start from 0 to `end`
   * @param end at most the size of the file
   * @param signal its abort ends all waiting
   * @throws TransferError `changed` if another program has written to the file; `checksum` if its bytes are
   * not those that were stored
   * @throws RangeError if there are no such bytes
   */
  async *read(start: number, end: number, signal: AbortSignal): AsyncGenerator<Slice> {
    if (!(start >= 0 && start <= end && end <= this.entry.size))
      throw new RangeError(`there are no bytes from ${start} to ${end}`)
    this.#wanted += end - start
    if (start === end) return
    await using ahead = new ReadAhead(this.#checked({ start, end }), signal)
    for (let at = start; at < end; ) {
      // Nothing scarce is held while the rate makes the reader wait.
      const isLimited = this.#limit !== undefined
      if (isLimited) ahead.rest()
      const { offset, block } = await ahead.next()
      using slice = block
      at = offset + slice.length
      if (isLimited) {
        slice[Symbol.dispose]()
        yield* this.#paced({ start: offset, end: at }, signal)
        continue
      }
      this.#sent += slice.length
      const slow = setTimeout(() => ahead.rest(), HOLD_MS)
      try {
        yield { offset, block: slice.move() }
      } finally {
        clearTimeout(slow)
      }
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

  get #limit(): RateLimit | undefined {
    return this.#share.rates.presentLimit(this.#share.account.name)
  }

  /** Bytes that have just been checked, in slices that a rate allows. */
  async *#paced({ start, end }: Bounds, signal: AbortSignal): AsyncGenerator<Slice> {
    for (let offset = start; offset < end; ) {
      const limit = this.#limit
      const length = Math.min(limit?.slice ?? BLOCK_SIZE, end - offset)
      await pace(limit, length, signal)
      using block = await this.#share.blocks.take({ length, signal })
      await this.readAgain(block.bytes, offset)
      this.#sent += length
      yield { offset, block: block.move() }
      offset += length
    }
  }

  #checked({ start, end }: Bounds): PieceSource<Slice> {
    const first = Math.floor(start / BLOCK_SIZE)
    const last = Math.floor((end - 1) / BLOCK_SIZE)
    const cut = ({ index, block: whole }: WholeBlock): Slice => {
      using block = whole
      const at = index * BLOCK_SIZE
      const from = Math.max(start, at)
      return { offset: from, block: block.slice(from - at, Math.min(end - at, block.length)) }
    }
    // The first block is wanted at once, and nothing follows the last one; in between, lanes are filled.
    const isUrgent = (index: number): boolean =>
      index === first || index === last || (index - first) % LANES === 0
    const { hashed, one } = this.#blocks(isUrgent, last)
    return {
      start,
      pieces: async function* (from, signal) {
        for await (const block of hashed(Math.floor(from / BLOCK_SIZE), signal)) yield cut(block)
      },
      piece: async (from, signal) => cut(await one(Math.floor(from / BLOCK_SIZE), signal)),
    }
  }

  #blocks(
    isUrgent: (index: number) => boolean,
    last: number,
  ): {
    readonly hashed: (from: number, signal: AbortSignal) => AsyncGenerator<WholeBlock>
    readonly one: (index: number, signal: AbortSignal) => Promise<WholeBlock>
  } {
    const read = (index: number, signal: AbortSignal): Promise<WholeBlock> =>
      this.#readBlock(index, index === last, signal)
    const check = (block: WholeBlock, hurry: boolean): Promise<void> => this.#check(block, hurry)
    return {
      async *hashed(from, signal) {
        const pieces = hashAhead(from, {
          read: (index) => read(index, signal),
          isLast: ({ index }) => index === last,
          hash: (block) => check(block, isUrgent(block.index)),
          depth: 2 * LANES,
        })
        for await (const { read: block } of pieces) yield block
      },
      async one(index, signal) {
        const held = await read(index, signal)
        using block = held.block
        await check(held, true)
        return { index, block: block.move() }
      },
    }
  }

  async #readBlock(index: number, isLast: boolean, signal: AbortSignal): Promise<WholeBlock> {
    const at = index * BLOCK_SIZE
    const length = Math.min(BLOCK_SIZE, this.entry.size - at)
    using block = await this.#share.blocks.take({ length, signal })
    if ((await this.#file.read(block.bytes, at)) < length || isLast) this.#file.requireUnchanged()
    return { index, block: block.move() }
  }

  /** @throws TransferError `changed`, `checksum` */
  async #check({ index, block: { bytes } }: WholeBlock, hurry: boolean): Promise<void> {
    const chain = this.#chain
    const { size } = this.entry
    const isEnd = index * BLOCK_SIZE + bytes.length === size
    const isWhole = bytes.length === BLOCK_SIZE
    const end = isWhole && index < chain.blocks ? chain.valueAfter(index + 1) : isEnd ? chain.md5 : undefined
    if (end !== undefined && index <= chain.blocks) {
      const length = isWhole && index < chain.blocks ? undefined : size
      const claim = { start: chain.valueAfter(index), bytes, end, length }
      if (await this.#share.hasher.check(claim, hurry)) return
      this.#file.requireUnchanged()
      throw new TransferError(
        'checksum',
        `"${this.entry.name}" is damaged on the disk: the block at ${index * BLOCK_SIZE} is not what was stored; restore the file from a backup`,
      )
    }
    // Nobody knows this block. If everything before it is known, its value becomes known now.
    if (index !== this.#hashed) return
    this.#hashed++
    if (isEnd) await chain.finish(bytes)
    else await chain.record(index, bytes)
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await using _file = this.#file
    using _chain = this.#chain
    if (this.#wanted === 0) return
    const md5 = this.md5 && Buffer.from(this.md5).toString('hex')
    const outcome = this.#sent === this.#wanted ? 'ok' : 'unfinished'
    record(this.#share, { action: 'get', path: this.#path, size: this.#sent, md5, outcome })
  }
}

/** A block of the file, or its shorter end. */
interface WholeBlock {
  readonly index: number
  readonly block: Block
}

/**
 * Opens a file for reading. What is read is recorded in the audit trail when the file is closed.
 * @throws TransferError `not_found`, `is_directory`, `not_file`, `forbidden`
 */
export async function openFile(share: Share, path: RemotePath): Promise<ReadableFile> {
  try {
    requirePermission(share, 'read')
    return new ReadableFile(share, path, share.storage.open(path))
  } catch (error) {
    record(share, { action: 'get', path, outcome: TransferError.from(error).code })
    throw error
  }
}
