import { explain, requireSpace, TempFile, whileInUse } from '@ftp/files'
import { fromErrno, PARTIAL_PREFIX, type RemotePath, TransferError } from '@ftp/protocol'
import { type Directory, quote } from './directory.ts'
import type { Home } from './home.ts'
import { modeOf, mtimeOf } from './metadata.ts'
import { publishHidden } from './publish-hidden.ts'
import { toStatus } from './status.ts'
import type { Exclusive, FileMetadata, OnChange, PartialFile, Status } from './storage.ts'

/** A gap of up to this many bytes is not worth a look at the disk. */
const SMALL_GAP = 67_108_864

/**
 * The partial of an upload: a hidden file in the directory of its target. Its name contains the upload's key.
 */
export class DiskPartial implements PartialFile {
  readonly #parent: Directory
  readonly #file: TempFile
  readonly #open: Disposable
  readonly #hidden: string
  readonly #target: string
  readonly #what: string
  readonly #exclusive: Exclusive

  constructor(home: Home, path: RemotePath, key: string, length: number | null, exclusive: Exclusive) {
    this.#what = quote(path)
    const name = path.at(-1)
    if (name === undefined) throw new TransferError('is_directory', `${this.#what} is a directory`)
    this.#target = name
    this.#hidden = PARTIAL_PREFIX + key
    this.#exclusive = exclusive
    using opened = new DisposableStack()
    this.#parent = opened.use(home.parentOf(path))
    try {
      this.#parent.requireName(name)
      this.#file = opened.use(TempFile.resume(this.#parent, this.#hidden))
      if (length !== null) this.#requireSpace(length)
    } catch (error) {
      throw fromErrno(error, this.#what, 'on the server')
    }
    this.#open = opened.move()
  }

  get size(): number {
    return this.#file.size
  }

  get version(): string {
    try {
      return toStatus(this.#hidden, this.#file.stats(), this.#parent).version
    } catch (error) {
      throw explain(error, this.#what, 'on the server')
    }
  }

  read(buffer: Uint8Array, offset: number): Promise<number> {
    return this.#attempt(() => this.#file.read(buffer, offset))
  }

  async write(bytes: Uint8Array, offset: number): Promise<void> {
    await this.#attempt(async () => {
      this.#requireFillable(offset)
      await this.#file.write(bytes, offset)
    })
  }

  async truncate(size: number): Promise<void> {
    await this.#attempt(async () => {
      this.#requireFillable(size)
      await this.#file.truncate(size)
    })
  }

  get #parts(): Parameters<typeof publishHidden>[0] {
    const [file, parent, hidden] = [this.#file, this.#parent, this.#hidden]
    return { file, parent, hidden, target: this.#target, what: this.#what }
  }

  async commit(metadata: FileMetadata, onChange?: OnChange): Promise<Status | undefined> {
    return await this.#attempt(async () => {
      await this.#file.seal(modeOf(metadata), mtimeOf(metadata))
      const published = await whileInUse(() => this.#publishAlone(metadata, onChange))
      if (published === undefined) this.#file.remove()
      await this.#file.finish()
      await this.#parent.sync()
      return published
    })
  }

  /**
   * Publishes the file in a transaction. If the transaction cannot be committed after that, what was counted is
   * lost, but the file keeps its name and counts as stored.
   */
  #publishAlone(metadata: FileMetadata, onChange: OnChange | undefined): Status | undefined {
    const done: (Status | undefined)[] = []
    try {
      this.#exclusive(() => done.push(publishHidden(this.#parts, metadata, onChange)))
    } catch (error) {
      if (done.length === 0) throw error
    }
    return done[0]
  }

  async discard(): Promise<void> {
    await this.#attempt(async () => this.#file.remove())
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#open[Symbol.dispose]()
  }

  /** A gap takes no space, but every reader of the file has to read it. @throws TransferError `no_space` */
  #requireFillable(end: number): void {
    const gap = end - this.size
    // Several writes may be running, and the size is that of those that have ended.
    if (gap > SMALL_GAP) requireSpace(this.#parent, gap, this.#what)
  }

  /**
   * Checks the space for the rest of the file. If it is too little, an empty partial is removed: it could
   * never be filled.
   */
  #requireSpace(length: number): void {
    try {
      requireSpace(this.#parent, length - this.size, this.#what)
    } catch (error) {
      if (this.size === 0) this.#file.remove()
      throw error
    }
  }

  async #attempt<T>(action: () => Promise<T>): Promise<T> {
    try {
      return await action()
    } catch (error) {
      throw explain(error, this.#what, 'on the server')
    }
  }
}
