import { type Entry, TransferError } from '@ftp/protocol'
import type { Attributes } from '../storage/storage.ts'
import { type AppendOptions, HashedUpload } from './hashed-upload.ts'
import { pace } from './pace.ts'
import { PositionalReader } from './positional-reader.ts'
import { find } from './put.ts'
import { setstat } from './setstat.ts'
import type { Committed, UploadParts } from './upload.ts'
import type { VerifiedFile } from './verified-file.ts'

/** How long written bytes may wait in memory for others that follow them, in milliseconds. */
const HOLD_MS = 250

/** What an {@link UpdatedFile} begins with. */
interface Beginning {
  /** The MD5 that the complete file has to have. */
  readonly md5?: Uint8Array | undefined
  /** The existing file, which is taken over; undefined if the file begins empty, or with an earlier attempt. */
  readonly source?: VerifiedFile | undefined
  /** As {@link UpdatedFile.isContinued}. */
  readonly isContinued?: boolean | undefined
}

/**
 * A file that a client has open for writing anywhere in it. The client sees what it has written; until the
 * commit, everybody else sees the file as it was. The calls take effect in the order in which they are made.
 * The bytes of the existing file are copied before the first change; without a change, there is no new
 * version.
 */
export class UpdatedFile extends HashedUpload {
  /** The existing file, until its bytes have been copied. */
  #source: VerifiedFile | undefined
  readonly #reader: PositionalReader | undefined
  #last: Promise<unknown> = Promise.resolve()
  #flushing: NodeJS.Timeout | undefined
  /** The end of this file; undefined while it is open. */
  #ended: Promise<void> | undefined
  /** The time of the last write, in microseconds since 1970. */
  #written = Date.now() * 1_000

  /**
   * Whether this continues an unfinished upload. It may have grown since the client has seen its size, because an earlier
   * connection was still writing to it.
   */
  readonly isContinued: boolean

  constructor(parts: UploadParts, { md5, source, isContinued = false }: Beginning) {
    super(parts, md5)
    this.isContinued = isContinued
    this.#source = source
    this.#reader =
      source && new PositionalReader(source.entry.size, (range, signal) => source.slices(range, signal))
  }

  /** As in {@link HashedUpload}. From now on, a newer connection gets this upload, even if the client of this one is idle. */
  override async resume(trusted: string | undefined): Promise<void> {
    await super.resume(trusted)
    const giveUp = (): void => void this.#end().catch(() => {})
    if (this.signal?.aborted === true) giveUp()
    else this.signal?.addEventListener('abort', giveUp, { once: true })
  }

  /** What the file will be if it is committed now. */
  get entry(): Entry {
    const { mode, mtime } = this.offer
    const source = this.#source?.entry
    return {
      name: this.path.at(-1) ?? '',
      type: 'file',
      size: source?.size ?? this.size,
      mtime: mtime ?? source?.mtime ?? this.#written,
      mode: mode ?? source?.mode ?? 0o666 & ~process.umask(),
    }
  }

  protected override get isOfUse(): boolean {
    return this.partial.size > 0
  }

  /** The size in bytes, with everything that has been written. */
  get size(): number {
    return this.#source?.entry.size ?? Math.max(this.hashed.size, this.gathering.end)
  }

  /**
   * Reads into `buffer` until it is full or the file ends.
   * @returns the number of bytes read
   * @throws TransferError `changed`, `checksum`
   */
  async read(buffer: Uint8Array, offset: number, signal: AbortSignal): Promise<number> {
    return await this.#inTurn(async () => {
      if (this.#source !== undefined) return (await this.#reader?.read(buffer, offset, signal)) ?? 0
      await this.gathering.flush()
      return await this.hashed.read(buffer, offset)
    })
  }

  /**
   * Writes all of `bytes`, at the rate of the account. They need not stay as they are once this has resolved.
   * @throws TransferError `quota`, `no_space`, `taken_over`, or what an earlier write has thrown
   */
  async write(bytes: Uint8Array, offset: number, signal: AbortSignal): Promise<void> {
    if (bytes.length === 0) return
    const { rates, account } = this.share
    await pace(rates.presentLimit(account.name), bytes.length, signal)
    await this.#inTurn(async () => {
      this.signal?.throwIfAborted()
      await this.#change(signal)
      await this.gathering.put(bytes, offset, signal)
      this.#written = Date.now() * 1_000
      this.#flushSoon()
    })
  }

  /** As in {@link HashedUpload}; the first byte goes to the end of the file. */
  override async append(source: AsyncIterable<Uint8Array>, options: AppendOptions = {}): Promise<void> {
    await this.#inTurn(async () => {
      await this.#change(options.signal ?? new AbortController().signal)
      this.next = this.size
      await super.append(source, options)
    })
  }

  /** Makes the file shorter, or longer by bytes that are 0. @throws TransferError `quota`, `no_space` */
  async truncate(size: number, signal: AbortSignal): Promise<void> {
    await this.#inTurn(async () => {
      await this.#change(signal)
      await this.gathering.flush()
      await this.grow(size)
      await this.hashed.truncate(size)
      this.#written = Date.now() * 1_000
    })
  }

  /** Sets the time and the permission bits that the file will have. */
  async setAttributes(wanted: Attributes): Promise<void> {
    await this.#inTurn(async () => {
      const { mtime = this.offer.mtime, mode = this.offer.mode } = wanted
      await this.share.writable()
      this.learn({ ...this.offer, mtime, mode })
    })
  }

  /**
   * Runs an action after all that were begun before.
   * @throws TransferError `taken_over`, or `bad_request` if the file is no longer open
   */
  async #inTurn<T>(action: () => Promise<T>): Promise<T> {
    if (this.#ended !== undefined) {
      this.signal?.throwIfAborted()
      throw new TransferError('bad_request', 'the file has been closed')
    }
    const done = this.#last.then(action)
    this.#last = done.catch(() => {})
    return await done
  }

  /** Copies the existing file before its first change. */
  async #change(signal: AbortSignal): Promise<void> {
    const source = this.#source
    if (source === undefined) return
    const { size } = source.entry
    await this.grow(size)
    for await (const { offset, block } of source.slices({ start: 0, end: size }, signal)) {
      using slice = block
      await this.partial.write(slice.bytes, offset)
    }
    await this.hashed.adopt(source.content ?? { chain: new Uint8Array(0) })
    this.#source = undefined
    await this.#reader?.[Symbol.asyncDispose]()
    await source[Symbol.asyncDispose]()
  }

  #flushSoon(): void {
    clearTimeout(this.#flushing)
    if (!this.gathering.isHolding) return
    this.#flushing = setTimeout(() => {
      // A failure is thrown by whatever comes next.
      this.#inTurn(() => this.gathering.flush()).catch(() => {})
    }, HOLD_MS)
  }

  override async commit(): Promise<Committed> {
    return await this.#inTurn(() => (this.#source === undefined ? super.commit() : this.#leave(this.#source)))
  }

  /** Ends without a new version, because nothing has been written. */
  async #leave({ entry, version }: VerifiedFile): Promise<Committed> {
    const { mtime, mode } = this.offer
    const existing = find(this.share, this.path)
    if (existing?.version !== version)
      throw new TransferError('changed', `"${entry.name}" was replaced while it was open`)
    this.forget()
    const isSame = (mtime ?? entry.mtime) === entry.mtime && (mode ?? entry.mode) === entry.mode
    if (!isSame) await setstat(this.share, this.path, { mtime, mode })
    const now = this.share.storage.stat(this.path)
    return { outcome: { type: 'skipped', entry: now.entry }, version: now.version, isReplaced: false }
  }

  protected override async settle(isKept: boolean): Promise<void> {
    clearTimeout(this.#flushing)
    await this.#last
    await this.#reader?.[Symbol.asyncDispose]()
    await this.#source?.[Symbol.asyncDispose]()
    await this.gathering.flush().catch(() => {})
    await super.settle(isKept)
  }

  /** Keeps what has been written, unless it has been committed. What has begun before takes effect. */
  #end(): Promise<void> {
    this.#ended ??= super[Symbol.asyncDispose]()
    return this.#ended
  }

  override async [Symbol.asyncDispose](): Promise<void> {
    await this.#end()
  }
}
