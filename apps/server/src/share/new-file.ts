import { type Entry, type RemotePath, TransferError } from '@ftp/protocol'
import type { Attributes } from '../storage/storage.ts'
import { record } from './audit.ts'
import { HeldBytes } from './held-bytes.ts'
import type { Share } from './share.ts'
import { storeWhole } from './store-whole.ts'
import type { UpdatedFile } from './updated-file.ts'
import type { Committed, Offer } from './upload.ts'

/** How long a file may stay in memory after its first byte, in milliseconds. */
const HOLD_MS = 1_000

/** A file that a client has open for writing, wherever its bytes are until the commit. */
export interface WritableFile
  extends AsyncDisposable,
    Pick<
      UpdatedFile,
      'path' | 'entry' | 'size' | 'isContinued' | 'read' | 'write' | 'truncate' | 'setAttributes' | 'commit'
    > {
  /** The id of its unfinished upload; undefined if it has none. */
  readonly id: string | undefined
}

/** What a {@link NewFile} begins with. */
export interface NewFileOptions {
  /** For a file that is stored in one step. */
  readonly offer: Pick<Offer, 'ifExists' | 'mode'>
  /** Opens the partial if the file does not stay small, or not for long. */
  readonly open: (signal: AbortSignal) => Promise<UpdatedFile>
  readonly signal: AbortSignal
}

/**
 * A file that a client writes from nothing. It is in memory as long as it is small, and is then stored in one step, at a
 * fraction of the cost of a partial. If it grows, takes long or is left, its bytes go to a partial.
 */
export class NewFile implements WritableFile {
  readonly path: RemotePath
  readonly isContinued = false
  readonly #share: Share
  readonly #options: NewFileOptions
  readonly #held: HeldBytes
  #attributes: Attributes
  #file: UpdatedFile | undefined
  #last: Promise<unknown> = Promise.resolve()
  #leaving: NodeJS.Timeout | undefined
  /** Whether it has been committed or left. */
  #isEnded = false
  /** The time of the last write, in microseconds since 1970. */
  #written = Date.now() * 1_000

  constructor(share: Share, path: RemotePath, options: NewFileOptions) {
    this.#share = share
    this.path = path
    this.#options = options
    this.#held = new HeldBytes(share.blocks.owner)
    this.#attributes = { mode: options.offer.mode }
  }

  get id(): string | undefined {
    return this.#file?.id
  }

  get entry(): Entry {
    const { mode = 0o666 & ~process.umask(), mtime = this.#written } = this.#attributes
    return this.#file?.entry ?? { name: this.path.at(-1) ?? '', type: 'file', size: this.size, mtime, mode }
  }

  get size(): number {
    return this.#file?.size ?? this.#held.size
  }

  /** As in {@link UpdatedFile}. */
  async read(buffer: Uint8Array, offset: number, signal: AbortSignal): Promise<number> {
    return await this.#inTurn(async () => {
      if (this.#file !== undefined) return await this.#file.read(buffer, offset, signal)
      const bytes = this.#held.bytes.subarray(offset, offset + buffer.length)
      buffer.set(bytes)
      return bytes.length
    })
  }

  /** As in {@link UpdatedFile}. */
  async write(bytes: Uint8Array, offset: number, signal: AbortSignal): Promise<void> {
    if (bytes.length === 0) return
    await this.#inTurn(async () => {
      if (this.#file === undefined && this.#held.write(bytes, offset)) return this.#changed()
      const file = await this.#leaveMemory()
      await file.write(bytes, offset, signal)
    })
  }

  /** As in {@link UpdatedFile}. */
  async truncate(size: number, signal: AbortSignal): Promise<void> {
    await this.#inTurn(async () => {
      if (this.#file === undefined && this.#held.truncate(size)) return this.#changed()
      const file = await this.#leaveMemory()
      await file.truncate(size, signal)
    })
  }

  /** As in {@link UpdatedFile}. */
  async setAttributes(wanted: Attributes): Promise<void> {
    await this.#inTurn(async () => {
      const { mtime = this.#attributes.mtime, mode = this.#attributes.mode } = wanted
      this.#attributes = { mtime, mode }
      await this.#file?.setAttributes(wanted)
    })
  }

  /** As in {@link UpdatedFile}. If this fails, what was in memory is not kept. */
  async commit(): Promise<Committed> {
    return await this.#inTurn(async () => {
      this.#end()
      if (this.#file !== undefined) return await this.#file.commit()
      const { offer, signal } = this.#options
      const { bytes } = this.#held
      return await storeWhole(this.#share, this.path, { ...offer, ...this.#attributes, bytes, signal })
    })
  }

  /** Runs an action while the file is open, after all that were begun before. @throws TransferError `bad_request` */
  #inTurn<T>(action: () => Promise<T>): Promise<T> {
    return this.#afterAll(() => {
      if (this.#isEnded) throw new TransferError('bad_request', 'the file has been closed')
      return action()
    })
  }

  #afterAll<T>(action: () => Promise<T>): Promise<T> {
    const done = this.#last.then(action)
    this.#last = done.catch(() => {})
    return done
  }

  #changed(): void {
    this.#written = Date.now() * 1_000
    this.#leaving ??= setTimeout(() => {
      // A failure is thrown by whatever comes next.
      this.#inTurn(() => this.#leaveMemory()).catch(() => {})
    }, HOLD_MS)
  }

  /** Moves the bytes to a partial. */
  async #leaveMemory(signal = this.#options.signal): Promise<UpdatedFile> {
    if (this.#file !== undefined) return this.#file
    await using opened = new AsyncDisposableStack()
    const file = opened.use(await this.#options.open(signal))
    await file.setAttributes(this.#attributes)
    await file.write(this.#held.bytes, 0, signal)
    opened.move()
    this.#held[Symbol.dispose]()
    clearTimeout(this.#leaving)
    this.#file = file
    return file
  }

  #end(): void {
    clearTimeout(this.#leaving)
    this.#isEnded = true
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#afterAll(async () => {
      using held = this.#held
      if (!this.#isEnded && this.#file === undefined && !(await this.#keep()))
        record(this.#share, { action: 'put', path: this.path, size: held.size, outcome: 'unfinished' })
      this.#end()
      await this.#file?.[Symbol.asyncDispose]()
    })
  }

  /** Keeps in a partial what has been written, as of a larger file. @returns whether there is anything that could be kept */
  async #keep(): Promise<boolean> {
    if (this.size === 0) return false
    // The client has gone, so its signal is aborted.
    return await this.#leaveMemory(new AbortController().signal).then(
      () => true,
      () => false,
    )
  }
}
