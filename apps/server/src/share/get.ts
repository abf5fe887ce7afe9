import { BLOCK_SIZE, type Block, type Blocks, hashAhead } from '@ftp/md5'
import { type RemotePath, TransferError } from '@ftp/protocol'
import type { SourceFile } from '../storage/storage.ts'
import { record } from './audit.ts'
import { FileChain } from './chain.ts'
import { CHEAP } from './mget.ts'
import type { PieceSource } from './read-ahead.ts'
import { requirePermission, type Share } from './share.ts'

/** A range of bytes, and the version to read it from. */
export interface Range {
  /** A multiple of the block size; default: 0. */
  readonly offset?: number | undefined
  /** A multiple of the block size, in bytes; default: the rest of the file. */
  readonly length?: number | undefined
  /** If the file has any other version, the request is refused. */
  readonly version?: string | undefined
}

/** A piece of a file, in the form in which the protocol sends it. */
export interface Piece {
  readonly offset: number
  /** The bytes of the piece; the caller owns the block. */
  readonly block: Block
  /**
   * The value that the protocol calls `md5`: the chaining value after the piece, or the file's MD5 if the
   * file ends here.
   */
  readonly md5: Uint8Array
  /** Whether this is the last piece of the range. */
  readonly last: boolean
}

/** Byte offsets: `start` is included, `end` is not. */
interface Bounds {
  readonly start: number
  readonly end: number
}

type Unhashed = Omit<Piece, 'md5'>

/** A file that is read block by block, with its chain. */
export class Download implements PieceSource<Piece>, AsyncDisposable {
  readonly file: SourceFile
  readonly chain: FileChain
  readonly #blocks: Blocks
  /** The offset of the first byte of the range. */
  readonly start: number
  /** The offset of the byte after the last one of the range. */
  readonly end: number
  /** Called once, when the download is closed, with the number of bytes of the range that have been read. */
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
   * Reads the range block by block, and reads and hashes ahead of the caller.
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
   * Reads one piece of the range: a block, or the rest of the range if that is shorter.
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
   * Reads bytes again that have been read before. If the file has become shorter meanwhile, the missing bytes
   * are zeros. They do no harm: the reader learns of the change and knows that they are not part of the file.
   */
  async readAgain(buffer: Uint8Array, offset: number): Promise<void> {
    buffer.fill(0, await this.file.read(buffer, offset))
  }

  async #read(offset: number, signal: AbortSignal): Promise<Unhashed> {
    using block = await this.#blocks.take({ length: Math.min(BLOCK_SIZE, this.end - offset), signal })
    const last = offset + block.length === this.end
    // Also check at the end of a range: it may be all that the client still has to fetch.
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
 * Opens a file for a client and records the download in the audit trail.
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
 * @throws TransferError `changed` if the file has another version, `bad_request` if the range does not
 * consist of blocks
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
