import { createHash } from 'node:crypto'
import fs from 'node:fs'
import path from 'node:path'
import { promisify } from 'node:util'
import {
  type Entry,
  errnoOf,
  fromErrno,
  type IfExists,
  LIMITS,
  printable,
  TransferError,
  toUtime,
} from '@ftp/protocol'
import { discard } from './discard.ts'
import { lock } from './lock.ts'
import { publish } from './publish.ts'

const { O_CREAT, O_NOFOLLOW = 0, O_RDWR } = fs.constants
const read = promisify(fs.read)
const write = promisify(fs.write)
const fsync = promisify(fs.fsync)
/** What the names of partials end with. */
const SUFFIX = '.ftp.part'

/**
 * A local file that is being received: its bytes go to a partial beside it, which gets the final name when they are
 * complete and verified, and stays for the next attempt when they are not.
 */
export class PartialFile implements Disposable {
  readonly #target: string
  readonly #partial: string
  readonly #fd: number
  /** The lock, and the descriptor. */
  readonly #open: Disposable
  #size = 0

  /**
   * @param target the final name; a link is followed, so that it goes on pointing to the file
   * @param beside the name whose partial it is, where `target` may be taken and the file gets another one
   * @throws TransferError `is_directory`, `forbidden`, `taken_over`, …
   */
  constructor(target: string, beside: string = target) {
    this.#target = resolveLinks(target)
    this.#partial = partialOf(resolveLinks(beside))
    requireFolder(path.dirname(this.#target))
    using opened = new DisposableStack()
    opened.use(lock(lockOf(this.#partial)))
    try {
      const held = fs.lstatSync(this.#partial, { throwIfNoEntry: false })
      // Two names: a crash between link and unlink has left it, and its bytes are a finished file's.
      if (held !== undefined && !(held.isFile() && held.nlink === 1)) fs.unlinkSync(this.#partial)
      this.#fd = fs.openSync(this.#partial, O_RDWR | O_CREAT | O_NOFOLLOW, 0o600)
      opened.defer(() => this.#close())
      this.#size = fs.fstatSync(this.#fd).size
    } catch (error) {
      throw this.#explain(error)
    }
    this.#open = opened.move()
  }

  /** Bytes of it that are there. */
  get size(): number {
    return this.#size
  }

  /** Reads until `buffer` is full or the partial ends. */
  async read(buffer: Uint8Array, offset: number): Promise<number> {
    let done = 0
    while (done < buffer.length) {
      const { bytesRead } = await read(this.#fd, buffer, done, buffer.length - done, offset + done)
      if (bytesRead === 0) break
      done += bytesRead
    }
    return done
  }

  /** Writes all of `bytes`. */
  async write(bytes: Uint8Array, offset: number): Promise<void> {
    try {
      for (let done = 0; done < bytes.length; ) {
        const { bytesWritten } = await write(this.#fd, bytes, done, bytes.length - done, offset + done)
        done += bytesWritten
      }
    } catch (error) {
      throw this.#explain(error)
    }
    this.#size = Math.max(this.#size, offset + bytes.length)
  }

  truncate(size: number): void {
    if (size >= this.#size) return
    fs.ftruncateSync(this.#fd, size)
    this.#size = size
  }

  /** @throws TransferError `no_space` when `length` bytes in all cannot fit */
  requireSpace(length: number): void {
    const { bavail, bsize } = fs.statfsSync(path.dirname(this.#partial))
    if (length - this.#size > bavail * bsize) {
      throw new TransferError(
        'no_space',
        `"${printable(this.#target)}" needs ${length - this.#size} bytes, the disk has ${bavail * bsize} free`,
      )
    }
  }

  /**
   * Gives the partial the final name, with the entry's time and permission bits.
   * @returns the name it has got, another one only with `rename`; undefined when `ifExists` says to leave the existing
   * file
   */
  async commit(entry: Entry, ifExists: IfExists): Promise<string | undefined> {
    try {
      const mode = entry.mode & ~process.umask()
      // Its owner's rights stay until it has its name: a later attempt must be able to open what a crash leaves.
      fs.fchmodSync(this.#fd, mode | 0o600)
      fs.futimesSync(this.#fd, toUtime(entry.mtime), toUtime(entry.mtime))
      await this.#sync()
      this.#requireOwn()
      const name = publish(this.#partial, this.#target, entry, ifExists)
      if (name === undefined) fs.rmSync(this.#partial)
      else fs.fchmodSync(this.#fd, mode)
      return name
    } catch (error) {
      throw this.#explain(error)
    }
  }

  [Symbol.dispose](): void {
    this.#open[Symbol.dispose]()
  }

  /** An empty partial is of no use to anybody. */
  #close(): void {
    fs.closeSync(this.#fd)
    if (this.#size === 0) discard(this.#partial)
  }

  /** Otherwise a power cut could leave the name with no bytes behind it. */
  async #sync(): Promise<void> {
    try {
      await fsync(this.#fd)
    } catch (error) {
      // The kernel may have dropped the pages and forgotten that they were dirty: nothing may build on them.
      fs.rmSync(this.#partial, { force: true })
      throw error
    }
  }

  /** What was verified is behind the descriptor; what gets the final name is behind the partial's. */
  #requireOwn(): void {
    const [held, named] = [
      fs.fstatSync(this.#fd, { bigint: true }),
      fs.lstatSync(this.#partial, { bigint: true, throwIfNoEntry: false }),
    ]
    if (named?.ino === held.ino && named.dev === held.dev) return
    throw new TransferError(
      'changed',
      `something else took the place of "${printable(this.#partial)}"; try again`,
    )
  }

  #explain(error: unknown): TransferError {
    return fromErrno(error, `"${printable(this.#target)}"`)
  }
}

/** The partial's name; one that a long name leaves no room for is shortened to a digest. */
export function partialOf(target: string): string {
  const name = path.basename(target) + SUFFIX
  if (Buffer.byteLength(name) <= LIMITS.name) return path.join(path.dirname(target), name)
  const digest = createHash('sha256').update(path.basename(target)).digest('hex').slice(0, 32)
  return path.join(path.dirname(target), `.${digest}${SUFFIX}`)
}

/** Whether a name may be a partial's. */
export function isPartial(name: string): boolean {
  return name.endsWith(SUFFIX)
}

/** The names beside `target` that receiving it takes for itself. */
export function takenBeside(target: string): readonly string[] {
  return [partialOf(target), lockOf(partialOf(target))]
}

function lockOf(partial: string): string {
  return partial.replace(/part$/, 'lock')
}

/** The path that a link leads to, or the path itself. */
export function resolveLinks(target: string): string {
  try {
    if (!fs.lstatSync(target, { throwIfNoEntry: false })?.isSymbolicLink()) return path.resolve(target)
    return fs.realpathSync(target)
  } catch (error) {
    if (errnoOf(error) === 'ENOENT') return path.resolve(target)
    throw fromErrno(error, `"${printable(target)}"`)
  }
}

function requireFolder(folder: string): void {
  if (fs.existsSync(folder)) return
  throw new TransferError('not_found', `there is no folder "${printable(folder)}" here; make it first`)
}
