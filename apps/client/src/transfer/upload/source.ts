import { randomUUID } from 'node:crypto'
import { addAbortListener } from 'node:events'
import fs from 'node:fs'
import { readFully, systemFiles } from '@ftp/files'
import { BLOCK_SIZE, Block, type BlockPool } from '@ftp/md5'
import { fromErrno, printable, TransferError, toMicroseconds } from '@ftp/protocol'

/** Where the bytes of an upload come from, block by block. */
export interface Source extends Disposable {
  /** Bytes in all; null while nobody knows. */
  readonly length: number | null
  /** Names this version of the source; absent where there is nothing to name. */
  readonly version?: string | undefined
  readonly mtime?: number | undefined
  readonly mode?: number | undefined
  /**
   * The block with this number, shorter than a block only at the end; it is the caller's.
   * @param blocks where to take it from
   * @throws TransferError `changed` when the source is no longer what it was
   */
  block(index: number, blocks: BlockPool): Promise<{ readonly block: Block; readonly last: boolean }>
  /** Blocks before this one will not be asked for again, unless the server loses what it has acknowledged. */
  release(index: number): void
}

/** What changes with the content of a file. */
const VERSION = ['dev', 'ino', 'size', 'mtimeNs', 'ctimeNs'] as const

/** A file of this machine. */
export class FileSource implements Source {
  readonly length: number
  readonly mtime: number
  readonly mode: number
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
    this.mode = Number(stats.mode) & 0o777
    this.#open = opened.move()
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

  /** Fills `bytes`. @throws TransferError as {@link block} */
  async read(bytes: Uint8Array, offset = 0): Promise<void> {
    const { length } = bytes
    let done: number
    try {
      done = await readFully(systemFiles, this.#fd, bytes, offset)
    } catch (error) {
      throw fromErrno(error, this.#what)
    }
    if (done < length || (offset + length === this.length && !this.#isUnchanged())) {
      throw new TransferError(
        'changed',
        `${this.#what} changed while it was sent; nothing was stored. Run the same command again`,
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

/** A stream that can be read once: what the server has not acknowledged is kept for sending it again. */
export class StreamSource implements Source {
  readonly length = null
  readonly version: string = randomUUID()
  readonly #chunks: AsyncIterator<Uint8Array>
  readonly #interrupted: Promise<never>
  readonly #abort: Disposable | undefined
  readonly #blocks = new Map<number, Uint8Array>()
  #read = 0
  #rest: Uint8Array[] = []
  #ended = false

  /** @param signal its abort ends the wait for a stream that says nothing */
  constructor(stream: AsyncIterable<Uint8Array>, signal?: AbortSignal) {
    this.#chunks = stream[Symbol.asyncIterator]()
    const { promise, reject } = Promise.withResolvers<never>()
    promise.catch(() => {})
    this.#abort = signal && addAbortListener(signal, () => reject(signal.reason))
    this.#interrupted = promise
  }

  async block(index: number): Promise<{ block: Block; last: boolean }> {
    // One block ahead: only then it is known whether this one is the last.
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
