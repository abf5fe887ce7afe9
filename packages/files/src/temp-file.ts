import { constants } from 'node:fs'
import { errnoOf, type IfExists, toUtime } from '@ftp/protocol'
import { discard } from './discard.ts'
import { FEW_BYTES, type Stats } from './file-system.ts'
import type { Folder } from './folder.ts'
import { publish } from './publish.ts'
import { readFully, writeFully, writeNow } from './read-write.ts'

const { O_CREAT, O_EXCL, O_NOFOLLOW = 0, O_NONBLOCK = 0, O_RDWR, O_WRONLY } = constants
const UMASK = process.umask()
/** Without these rights nobody could open the file again to go on with it. */
const OWNER = 0o600

/**
 * A file under a hidden name, in the folder where it is to be: only there a rename is sure to stay on one file system, and
 * the file inherits what the folder gives to its files. Once its bytes are complete, its life is `seal`, `publish`,
 * `finish`, and a sync of the folder. Errors are those of the system.
 */
export class TempFile implements Disposable {
  readonly #folder: Folder
  readonly #path: string
  readonly #fd: number
  /** Whether another attempt can go on with it. */
  readonly #isKept: boolean
  /** Permission bits that it has, as far as they are known. */
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
   * A new file. Disposing of it removes it, unless it has got its name.
   * @param mode permission bits; what the umask takes of them, `seal` gives back
   */
  static create(folder: Folder, name: string, mode = OWNER): TempFile {
    return new TempFile(folder, name, O_WRONLY | O_EXCL, mode, false)
  }

  /** What an earlier attempt has left under this name, else an empty file. Disposing of it keeps its bytes. */
  static resume(folder: Folder, name: string): TempFile {
    const { fs } = folder
    const path = folder.at(name)
    const held = fs.find(path)
    // Two names: a crash between link and unlink has left it, and its bytes are a published file's.
    if (held !== undefined && !(held.isFile() && held.nlink === 1n)) fs.unlink(path)
    using opened = new DisposableStack()
    const file = opened.use(new TempFile(folder, name, O_RDWR | O_NONBLOCK, OWNER, true))
    file.#size = Number(file.stats().size)
    opened.move()
    return file
  }

  /** Bytes that it holds. */
  get size(): number {
    return this.#size
  }

  stats(): Stats {
    return this.#folder.fs.fstat(this.#fd)
  }

  /** Reads until `buffer` is full or the file ends. @returns bytes read */
  async read(buffer: Uint8Array, offset: number): Promise<number> {
    return await readFully(this.#folder.fs, this.#fd, buffer, offset)
  }

  /** Writes all of `bytes`. */
  async write(bytes: Uint8Array, offset: number): Promise<void> {
    const { fs } = this.#folder
    // One of thousands: even another promise would show.
    if (bytes.length <= FEW_BYTES) writeNow(fs, this.#fd, bytes, offset)
    else await writeFully(fs, this.#fd, bytes, offset)
    this.#size = Math.max(this.#size, offset + bytes.length)
  }

  async truncate(size: number): Promise<void> {
    await this.#folder.fs.ftruncate(this.#fd, size)
    this.#size = size
  }

  /**
   * Makes all of it but its name durable. If that fails, nothing can be built on what it holds, and it is removed.
   * @param mode permission bits
   * @param mtime microseconds since 1970
   */
  async seal(mode: number, mtime: number): Promise<void> {
    const { fs } = this.#folder
    // Its owner's rights stay until it is published: a later attempt must be able to open what a crash leaves.
    const now = this.#isKept ? mode | OWNER : mode
    if (now !== this.#mode) fs.fchmod(this.#fd, now)
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

  /** See {@link publish}. */
  publish(target: string, ifExists: IfExists): string | undefined {
    const name = publish(this.#folder, this.#path, target, ifExists)
    this.#isPublished = name !== undefined
    if (this.#isPublished && !this.#isSealed && this.#mode !== undefined)
      this.#folder.fs.fchmod(this.#fd, this.#mode)
    return name
  }

  /** Makes durable what publishing it has changed of the file itself. */
  async finish(): Promise<void> {
    if (this.#isPublished && !this.#isSealed) await this.#folder.fs.fsync(this.#fd)
  }

  /** Removes it. */
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
