import { randomUUID } from 'node:crypto'
import { addAbortListener } from 'node:events'
import fs from 'node:fs'
import { modeOf, readFully, systemFiles } from '@ftp/files'
import { BLOCK_SIZE, Block, type BlockPool } from '@ftp/md5'
import { fromErrno, LIMITS, printable, TransferError, toMicroseconds } from '@ftp/protocol'

/** A source of the bytes of an upload, block by block. */
export interface Source extends Disposable {
  /** The total number of bytes; null while it is not known. */
  readonly length: number | null
  /** How many bytes may be sent ahead of acknowledgements. */
  readonly window: number
  /** Identifies this version of the source; undefined if it has no identity. */
  readonly version?: string | undefined
  readonly mtime?: number | undefined
  readonly mode?: number | undefined
  /**
   * Reads the block with this number, which is shorter than BLOCK_SIZE only at the end. The block belongs to
   * the caller.
   * @param blocks the pool to take the block from
   * @throws TransferError `changed` if the source is no longer what it was
   */
  block(index: number, blocks: BlockPool): Promise<{ readonly block: Block; readonly last: boolean }>
  /**
   * Says that blocks before this one will not be requested again, unless the server loses what it has
   * acknowledged.
   */
  release(index: number): void
}

/** The properties of a file that change with its content. */
const VERSION = ['dev', 'ino', 'size', 'mtimeNs', 'ctimeNs'] as const

/** A local file. */
export class FileSource implements Source {
  readonly length: number
  readonly window = LIMITS.windowMax
  readonly mtime: number
  readonly mode: number | undefined
  readonly #stats: fs.BigIntStats
  readonly #fd: number
  readonly #open: Disposable
  readonly #path: string

  /** @throws TransferError `not_found`, `is_directory`, `forbidden`, `not_file` */
  constructor(path: string) {
    this.#path = path
    try {
      this.#fd = fs.openSync(path, fs.constants.O_RDONLY | (fs.constants.O_NONBLOCK ?? 0))
    } catch (error) {
      throw fromErrno(error, this.#what)
    }
    using opened = new DisposableStack()
    opened.defer(() => fs.closeSync(this.#fd))
    const stats = fs.fstatSync(this.#fd, { bigint: true })
    if (!stats.isFile()) {
      if (stats.isDirectory())
        throw new TransferError('is_directory', `${this.#what} is a directory; use -r to send it`)
      throw new TransferError(
        'not_file',
        `${this.#what} is not a regular file; pipe it: put - --to <name> < ${printable(path)}`,
      )
    }
    this.length = Number(stats.size)
    this.#stats = stats
    this.mtime = toMicroseconds(stats.mtimeNs)
    this.mode = modeOf(stats)
    this.#open = opened.move()
  }

  /**
   * Whether the file claims to be empty and is not, as in /proc and on some FUSE file systems: only reading
   * shows how long it is.
   */
  get understatesLength(): boolean {
    if (this.length > 0) return false
    try {
      return fs.readSync(this.#fd, Buffer.alloc(1), 0, 1, 0) > 0
    } catch (error) {
      throw fromErrno(error, this.#what)
    }
  }

  /** All bytes that can be read, from the start. The file is read once, whatever length it claims. */
  stream(): AsyncIterable<Uint8Array> {
    return fs.createReadStream('', { fd: this.#fd, start: 0, autoClose: false })
  }

  get version(): string {
    return VERSION.map((key) => this.#stats[key].toString(36)).join('-')
  }

  async block(index: number, blocks: BlockPool): Promise<{ block: Block; last: boolean }> {
    const offset = index * BLOCK_SIZE
    const length = Math.min(BLOCK_SIZE, this.length - offset)
    using block = await blocks.take({ length })
    await this.read(block.bytes, offset)
    return { block: block.move(), last: offset + length === this.length }
  }

  /** Fills `bytes`. @throws TransferError as {@link block} does */
  async read(bytes: Uint8Array, offset = 0): Promise<void> {
    const { length } = bytes
    let isWhole: boolean
    try {
      isWhole = (await readFully(systemFiles, this.#fd, bytes, offset)) === length
      if (offset + length === this.length) isWhole &&= this.#isUnchanged()
    } catch (error) {
      throw fromErrno(error, this.#what)
    }
    if (!isWhole) {
      throw new TransferError(
        'changed',
        `${this.#what} changed while it was being sent, so nothing was stored; run the same command again`,
      )
    }
  }

  release(): void {}

  [Symbol.dispose](): void {
    this.#open[Symbol.dispose]()
  }

  #isUnchanged(): boolean {
    const now = fs.fstatSync(this.#fd, { bigint: true })
    return VERSION.every((key) => now[key] === this.#stats[key])
  }

  get #what(): string {
    return `"${printable(this.#path)}"`
  }
}

/** How many unacknowledged bytes of a stream this program keeps. */
const MOST_KEPT = 16 * BLOCK_SIZE

/**
 * A stream, which can be read only once. Bytes that the server has not acknowledged are kept, so that they
 * can be sent again.
 */
export class StreamSource implements Source {
  readonly length = null
  readonly window = MOST_KEPT
  readonly version: string = randomUUID()
  readonly #chunks: AsyncIterator<Uint8Array>
  readonly #interrupted: Promise<never>
  readonly #abort: Disposable | undefined
  readonly #blocks = new Map<number, Uint8Array>()
  #read = 0
  #rest: Uint8Array[] = []
  #ended = false

  /** @param signal if it is aborted, the wait for a stream that yields nothing ends */
  constructor(stream: AsyncIterable<Uint8Array>, signal?: AbortSignal) {
    this.#chunks = stream[Symbol.asyncIterator]()
    const { promise, reject } = Promise.withResolvers<never>()
    promise.catch(() => {})
    this.#abort = signal && addAbortListener(signal, () => reject(signal.reason))
    this.#interrupted = promise
  }

  async block(index: number): Promise<{ block: Block; last: boolean }> {
    // Reads one block ahead, because only then is it known whether this one is the last.
    while (!this.#ended && this.#read <= index + 1) await this.#readBlock()
    const isEnd = this.#ended && index === this.#read
    const bytes = isEnd ? new Uint8Array(0) : this.#blocks.get(index)
    if (bytes === undefined) {
      throw new TransferError(
        'changed',
        'the server has lost what it had acknowledged, and a stream cannot be read twice. Run the command again',
      )
    }
    return { block: new Block(bytes), last: this.#ended && index >= this.#read - 1 }
  }

  release(index: number): void {
    for (const kept of this.#blocks.keys()) if (kept < index) this.#blocks.delete(kept)
  }

  [Symbol.dispose](): void {
    this.#abort?.[Symbol.dispose]()
    this.#chunks.return?.().catch(() => {})
  }

  async #readBlock(): Promise<void> {
    let length = this.#rest.reduce((sum, chunk) => sum + chunk.length, 0)
    while (length < BLOCK_SIZE) {
      const { done, value } = await Promise.race([this.#chunks.next(), this.#interrupted])
      if (done) {
        this.#ended = true
        break
      }
      this.#rest.push(value)
      length += value.length
    }
    const all = Buffer.concat(this.#rest)
    if (all.length > 0 || this.#read === 0) this.#blocks.set(this.#read++, all.subarray(0, BLOCK_SIZE))
    this.#rest = all.length > BLOCK_SIZE ? [all.subarray(BLOCK_SIZE)] : []
    if (this.#rest.length > 0 && this.#ended) await this.#readBlock()
  }
}
