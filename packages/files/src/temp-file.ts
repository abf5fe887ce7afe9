import { constants } from 'node:fs'
import { errnoOf, type IfExists, toUtime } from '@ftp/protocol'
import { discard } from './discard.ts'
import { FEW_BYTES, type Stats } from './file-system.ts'
import type { Folder } from './folder.ts'
import { writeSparsely } from './holes.ts'
import { publish } from './publish.ts'
import { readFully, writeNow } from './read-write.ts'

const { O_CREAT, O_EXCL, O_NOFOLLOW = 0, O_NONBLOCK = 0, O_RDWR, O_WRONLY } = constants
const UMASK = process.umask()
/** Without these permissions, nobody could open the file again to continue it. */
const OWNER = 0o600

/**
 * A file with a hidden name, in its final folder: only there is a rename certain to stay within one file
 * system, and the file inherits whatever the folder gives to its files. When its bytes are complete, call
 * `seal`, `publish` and `finish`, then sync the folder. Errors are those of the system.
 */
export class TempFile implements Disposable {
  readonly #folder: Folder
  readonly #path: string
  readonly #fd: number
  /** Whether another attempt can continue the file. */
  readonly #isKept: boolean
  /** The present permission bits, if they are known. */
  #mode: number | undefined
  #size = 0
  #isPublished = false
  #isSealed = false

  private constructor(folder: Folder, name: string, flags: number, mode: number, isKept: boolean) {
    this.#folder = folder
    this.#path = folder.at(name)
    this.#isKept = isKept
    this.#mode = isKept ? undefined : mode & ~UMASK
    this.#fd = folder.fs.open(this.#path, flags | O_CREAT | O_NOFOLLOW, mode)
  }

  /**
   * Creates a file. Disposing of it removes the file unless it has been published.
   * @param mode permission bits; `seal` restores those that the umask removes
   */
  static create(folder: Folder, name: string, mode = OWNER): TempFile {
    return new TempFile(folder, name, O_WRONLY | O_EXCL, mode, false)
  }

  /**
   * Opens the file that an earlier attempt left under this name, or an empty one. Disposing of it keeps its
   * bytes.
   */
  static resume(folder: Folder, name: string): TempFile {
    const { fs } = folder
    const path = folder.at(name)
    const held = fs.find(path)
    // If the file has two names, a crash between link and unlink has left this one, and the bytes belong to a
    // published file.
    if (held !== undefined && !(held.isFile() && held.nlink === 1n)) fs.unlink(path)
    using opened = new DisposableStack()
    const file = opened.use(new TempFile(folder, name, O_RDWR | O_NONBLOCK, OWNER, true))
    file.#size = Number(file.stats().size)
    opened.move()
    return file
  }

  /** The number of bytes that it holds. */
  get size(): number {
    return this.#size
  }

  stats(): Stats {
    return this.#folder.fs.fstat(this.#fd)
  }

  /** Reads until `buffer` is full or the file ends. @returns the number of bytes read */
  async read(buffer: Uint8Array, offset: number): Promise<number> {
    return await readFully(this.#folder.fs, this.#fd, buffer, offset)
  }

  /** Writes all of `bytes`; zeros become holes. */
  async write(bytes: Uint8Array, offset: number): Promise<void> {
    const { fs } = this.#folder
    // There are thousands of such files, so even one more promise would be noticeable.
    if (bytes.length <= FEW_BYTES) writeNow(fs, this.#fd, bytes, offset)
    else await writeSparsely(fs, { fd: this.#fd, offset, fresh: this.#size }, bytes)
    this.#size = Math.max(this.#size, offset + bytes.length)
  }

  async truncate(size: number): Promise<void> {
    await this.#folder.fs.ftruncate(this.#fd, size)
    this.#size = size
  }

  /**
   * Makes everything except the name durable. If that fails, the file is removed, because its content can no
   * longer be trusted.
   * @param mode permission bits; undefined leaves them as they are
   * @param mtime microseconds since 1970
   */
  async seal(mode: number | undefined, mtime: number): Promise<void> {
    const { fs } = this.#folder
    // Keep the owner's permissions until the file is published: after a crash, a later attempt must be able
    // to open it.
    const now = mode !== undefined && this.#isKept ? mode | OWNER : mode
    if (now !== undefined && now !== this.#mode) fs.fchmod(this.#fd, now)
    const time = toUtime(mtime)
    fs.futimes(this.#fd, time, time)
    try {
      await fs.fsync(this.#fd)
    } catch (error) {
      // The kernel may have dropped the pages and forgotten that they were dirty.
      discard(fs, this.#path)
      this.#size = 0
      throw error
    }
    this.#mode = mode
    this.#isSealed = now === mode
  }

  /** As {@link publish}. */
  publish(target: string, ifExists: IfExists): string | undefined {
    const name = publish(this.#folder, this.#path, target, ifExists)
    this.#isPublished = name !== undefined
    if (this.#isPublished && !this.#isSealed && this.#mode !== undefined)
      this.#folder.fs.fchmod(this.#fd, this.#mode)
    return name
  }

  /** Makes durable those changes to the file itself that publishing it has caused. */
  async finish(): Promise<void> {
    if (this.#isPublished && !this.#isSealed) await this.#folder.fs.fsync(this.#fd)
  }

  /** Removes the file; a missing file is not an error. */
  remove(): void {
    try {
      this.#folder.fs.unlink(this.#path)
    } catch (error) {
      if (errnoOf(error) !== 'ENOENT') throw error
    }
    this.#size = 0
  }

  [Symbol.dispose](): void {
    this.#folder.fs.close(this.#fd)
    if (!this.#isKept && !this.#isPublished) discard(this.#folder.fs, this.#path)
  }
}
