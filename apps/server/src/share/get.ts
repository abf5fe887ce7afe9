import { BLOCK_SIZE, type Block, type Blocks, hashAhead } from '@ftp/md5'
import { type RemotePath, TransferError } from '@ftp/protocol'
import type { SourceFile } from '../storage/storage.ts'
import { record } from './audit.ts'
import { FileChain } from './chain.ts'
import { CHEAP } from './mget.ts'
import { requirePermission, type Share } from './share.ts'

/** Which bytes of which version. */
export interface Range {
  /** A multiple of the block size. */
  readonly offset?: number | undefined
  /** A multiple of the block size; default: the rest. */
  readonly length?: number | undefined
  /** Refuse any other version. */
  readonly version?: string | undefined
}

/** A piece of a file, as the protocol sends it. */
export interface Piece {
  readonly offset: number
  /** The bytes; the caller's. */
  readonly block: Block
  /** What the protocol calls their md5. */
  readonly md5: Uint8Array
  /** Nothing of the range follows. */
  readonly last: boolean
}

/** From the first byte to the one after the last. */
interface Bounds {
  readonly start: number
  readonly end: number
}

type Unhashed = Omit<Piece, 'md5'>

/** A file being read, block by block, with its chain. */
export class Download implements AsyncDisposable {
  readonly file: SourceFile
  readonly chain: FileChain
  readonly #blocks: Blocks
  /** First byte of the range. */
  readonly start: number
  /** The byte after the last of the range. */
  readonly end: number
  /** Called once, when it is closed, with the bytes of the range that have been read. */
  onClosed: (bytes: number) => void = () => {}
  #sent = 0

  constructor(file: SourceFile, chain: FileChain, blocks: Blocks, { start, end }: Bounds) {
    this.#blocks = blocks
    this.file = file
    this.chain = chain
    this.start = start
    this.end = end
  }

  /**
   * Reads the range, a block at a time; the next ones are read and hashed meanwhile.
   * @param from where to begin: a multiple of the block size
   * @param signal its abort ends the wait for memory
   * @throws TransferError `changed`
   */
  async *pieces(from: number, signal: AbortSignal): AsyncGenerator<Piece> {
    const hashed = hashAhead(from / BLOCK_SIZE, {
      read: async (index) => await this.#read(index * BLOCK_SIZE, signal),
      isLast: ({ last }) => last,
      hash: (read) => this.#hash(read),
    })
    for await (const { read, hash } of hashed) {
      this.#sent += read.block.length
      yield { ...read, md5: hash }
    }
  }

  /**
   * Reads one piece of the range: a block, or what is left.
   * @param signal as in {@link pieces}
   * @throws TransferError `changed`
   */
  async piece(offset: number, signal: AbortSignal): Promise<Piece> {
    const read = await this.#read(offset, signal)
    using block = read.block
    const md5 = await this.#hash(read)
    this.#sent += block.length
    return { ...read, md5, block: block.move() }
  }

  /**
   * Reads a part of what has been read before. What the file has lost meanwhile is zeros: whoever is told of a change
   * knows that it is none of the file's.
   */
  async readAgain(buffer: Uint8Array, offset: number): Promise<void> {
    buffer.fill(0, await this.file.read(buffer, offset))
  }

  async #read(offset: number, signal: AbortSignal): Promise<Unhashed> {
    using block = await this.#blocks.take({ length: Math.min(BLOCK_SIZE, this.end - offset), signal })
    const last = offset + block.length === this.end
    // At the end of a range too: it may be all that its client has still to fetch.
    if ((await this.file.read(block.bytes, offset)) < block.length || last) this.file.requireUnchanged()
    return { offset, block: block.move(), last }
  }

  async #hash({ offset, block: { bytes } }: Unhashed): Promise<Uint8Array> {
    const isEnd = offset + bytes.length === this.file.entry.size
    return await (isEnd ? this.chain.finish(bytes) : this.chain.record(offset / BLOCK_SIZE, bytes))
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.onClosed(this.#sent)
    this.chain[Symbol.dispose]()
    await this.file[Symbol.asyncDispose]()
  }
}

/**
 * Opens a file for its client to have.
 * @throws what {@link open} throws
 */
export async function get(share: Share, path: RemotePath, range: Range): Promise<Download> {
  const entry = { action: 'get', path } as const
  try {
    const download = await open(share, path, range)
    download.onClosed = (size) => {
      const { start, end, chain } = download
      const md5 = chain.md5 && Buffer.from(chain.md5).toString('hex')
      record(share, { ...entry, size, md5, outcome: size === end - start ? 'ok' : 'unfinished' })
    }
    return download
  } catch (error) {
    record(share, { ...entry, outcome: TransferError.from(error).code })
    throw error
  }
}

/**
 * Opens a file for reading.
 * @throws TransferError `changed` when the file has another version, `bad_request` for a range that is not of blocks
 */
export async function open(share: Share, path: RemotePath, range: Range): Promise<Download> {
  requirePermission(share, 'read')
  const file = share.storage.open(path)
  const { size } = file.entry
  const start = range.offset ?? 0
  const end = Math.min(size, start + (range.length ?? size))
  const download = new Download(
    file,
    new FileChain(file, share, size > CHEAP ? share.digests : undefined),
    share.blocks,
    { start, end },
  )
  try {
    if (range.version !== undefined && range.version !== file.version) {
      throw new TransferError('changed', `"${file.entry.name}" changed since it was asked for`)
    }
    if (
      start % BLOCK_SIZE !== 0 ||
      start > size ||
      range.length === 0 ||
      (range.length ?? 0) % BLOCK_SIZE !== 0
    ) {
      throw new TransferError(
        'bad_request',
        `a range starts and ends at multiples of ${BLOCK_SIZE} in the file`,
      )
    }
  } catch (error) {
    await download[Symbol.asyncDispose]()
    throw error
  }
  return download
}
