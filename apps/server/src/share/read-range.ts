import { BLOCK_SIZE } from '@ftp/md5'
import { type Entry, type RemotePath, TransferError } from '@ftp/protocol'
import { record } from './audit.ts'
import { pace } from './pace.ts'
import { PositionalReader } from './positional-reader.ts'
import type { RateLimit } from './rates.ts'
import { requirePermission, type Share } from './share.ts'
import { type Range, type Slice, VerifiedFile } from './verified-file.ts'

export type { Slice } from './verified-file.ts'

/**
 * One version of a file, open for a client that reads any ranges of it. Every byte is checked before it is
 * handed out: see {@link VerifiedFile}.
 */
export class ReadableFile implements AsyncDisposable {
  readonly #share: Share
  readonly #path: RemotePath
  readonly #file: VerifiedFile
  readonly #reader: PositionalReader
  #sent = 0
  #wanted = 0

  /** @param file is taken over */
  constructor(share: Share, path: RemotePath, file: VerifiedFile) {
    this.#share = share
    this.#path = path
    this.#file = file
    share.rates.limitOf(share.account)
    const { size } = file.entry
    this.#reader = new PositionalReader(size, ({ start, end }, signal) => this.read(start, end, signal))
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
    return this.#file.md5
  }

  /** As in {@link VerifiedFile}. */
  computeMd5(signal: AbortSignal): Promise<Uint8Array> {
    return this.#file.computeMd5(signal)
  }

  /**
   * Reads the bytes from `start` to before `end`, as {@link VerifiedFile.slices}. If the account has a rate,
   * the slices are small and come at that rate; no other part of the server has to limit them.
   * @param start from 0 to `end`
   * @param end at most the size of the file
   * @param signal its abort ends all waiting
   * @throws TransferError `changed` if another program has written to the file; `checksum` if its bytes are
   * not those that were stored
   * @throws RangeError if there are no such bytes
   */
  async *read(start: number, end: number, signal: AbortSignal): AsyncGenerator<Slice> {
    const slices = this.#file.slices({ start, end }, signal, () => this.#limit !== undefined)
    this.#wanted += end - start
    for await (const { offset, block } of slices) {
      using slice = block
      if (this.#limit === undefined) {
        this.#sent += slice.length
        yield { offset, block: slice.move() }
        continue
      }
      const checked = { start: offset, end: offset + slice.length }
      // Nothing scarce is held while the rate makes the reader wait.
      slice[Symbol.dispose]()
      yield* this.#paced(checked, signal)
    }
  }

  /**
   * Reads into `buffer` until it is full or the file ends, at the rate of the account. Reads that continue one
   * another cost little more than {@link read}, however short they are.
   * @returns the number of bytes read
   * @throws TransferError as {@link read}
   */
  readAt(buffer: Uint8Array, offset: number, signal: AbortSignal): Promise<number> {
    return this.#reader.read(buffer, offset, signal)
  }

  /** As in {@link VerifiedFile}. */
  readAgain(buffer: Uint8Array, offset: number): Promise<void> {
    return this.#file.readAgain(buffer, offset)
  }

  get #limit(): RateLimit | undefined {
    return this.#share.rates.presentLimit(this.#share.account.name)
  }

  /** Bytes that have just been checked, in slices that the rate allows. */
  async *#paced({ start, end }: Range, signal: AbortSignal): AsyncGenerator<Slice> {
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

  async [Symbol.asyncDispose](): Promise<void> {
    await using _file = this.#file
    await this.#reader[Symbol.asyncDispose]()
    if (this.#wanted === 0) return
    const md5 = this.md5 && Buffer.from(this.md5).toString('hex')
    const outcome = this.#sent === this.#wanted ? 'ok' : 'unfinished'
    record(this.#share, { action: 'get', path: this.#path, size: this.#sent, md5, outcome })
  }
}

/**
 * Opens a file for reading. What is read is recorded in the audit trail when the file is closed.
 * @throws TransferError `not_found`, `is_directory`, `not_file`, `forbidden`
 */
export async function openFile(share: Share, path: RemotePath): Promise<ReadableFile> {
  try {
    requirePermission(share, 'read')
    return new ReadableFile(share, path, new VerifiedFile(share, share.storage.open(path)))
  } catch (error) {
    record(share, { action: 'get', path, outcome: TransferError.from(error).code })
    throw error
  }
}
