import { createHash } from 'node:crypto'
import path from 'node:path'
import { discard, explain, requireSpace, TempFile } from '@ftp/files'
import {
  type Entry,
  errnoOf,
  fromErrno,
  type IfExists,
  LIMITS,
  printable,
  TransferError,
} from '@ftp/protocol'
import { type LocalDisk, localDisk } from './local-disk.ts'
import { LocalFolder } from './local-folder.ts'
import { noFolder } from './whole-file.ts'

/** What the names of partials end with. */
const SUFFIX = '.ftp.part'

/**
 * A local file that is being received: its bytes go to a partial beside it, which gets the final name when they are
 * complete and verified, and stays for the next attempt when they are not.
 */
export class PartialFile implements Disposable {
  readonly #disk: LocalDisk
  readonly #folder: LocalFolder
  readonly #target: string
  readonly #partial: string
  readonly #file: TempFile
  /** The lock, and the file. */
  readonly #open: Disposable

  /**
   * @param target the final name; a link is followed, so that it goes on pointing to the file
   * @param beside the name whose partial it is, where `target` may be taken and the file gets another one
   * @throws TransferError `is_directory`, `forbidden`, `taken_over`, …
   */
  constructor(target: string, beside: string = target, disk: LocalDisk = localDisk) {
    this.#disk = disk
    this.#target = resolveLinks(target, disk)
    this.#partial = partialOf(resolveLinks(beside, disk))
    this.#folder = new LocalFolder(path.dirname(this.#target), disk)
    using opened = new DisposableStack()
    try {
      if (disk.find(this.#folder.self) === undefined)
        throw new TransferError('not_found', noFolder(this.#folder.self))
      opened.use(disk.lock(lockOf(this.#partial)))
      this.#file = opened.use(TempFile.resume(this.#folder, path.basename(this.#partial)))
    } catch (error) {
      throw this.#explain(error)
    }
    this.#open = opened.move()
  }

  /** Bytes of it that are there. */
  get size(): number {
    return this.#file.size
  }

  /** Reads until `buffer` is full or the partial ends. */
  async read(buffer: Uint8Array, offset: number): Promise<number> {
    return await this.#attempt(() => this.#file.read(buffer, offset))
  }

  /** Writes all of `bytes`. */
  async write(bytes: Uint8Array, offset: number): Promise<void> {
    await this.#attempt(() => this.#file.write(bytes, offset))
  }

  async truncate(size: number): Promise<void> {
    if (size < this.size) await this.#attempt(() => this.#file.truncate(size))
  }

  /** @throws TransferError `no_space` when `length` bytes in all cannot fit */
  requireSpace(length: number): void {
    requireSpace(this.#folder, length - this.size, `"${printable(this.#target)}"`)
  }

  /**
   * Gives the partial the final name, with the entry's time and permission bits, durably: after this returns, a power cut
   * does not undo it.
   * @returns the name it has got, another one only with `rename`; undefined when `ifExists` says to leave the existing
   * file
   */
  async commit(entry: Entry, ifExists: IfExists): Promise<string | undefined> {
    return await this.#attempt(async () => {
      await this.#file.seal(entry.mode & ~process.umask(), entry.mtime)
      this.#requireOwn()
      const name = this.#file.publish(path.basename(this.#target), ifExists)
      if (name === undefined) {
        this.#file.remove()
        return undefined
      }
      await this.#file.finish()
      await this.#folder.sync()
      return name
    })
  }

  [Symbol.dispose](): void {
    using _ = this.#open
    // An empty partial is of no use to anybody.
    if (this.size === 0) discard(this.#disk, this.#partial)
  }

  /** What was verified is behind the descriptor; what gets the final name is behind the partial's. */
  #requireOwn(): void {
    const [held, named] = [this.#file.stats(), this.#disk.find(this.#partial)]
    if (named?.ino === held.ino && named.dev === held.dev) return
    throw new TransferError(
      'changed',
      `something else took the place of "${printable(this.#partial)}"; try again`,
    )
  }

  async #attempt<T>(action: () => Promise<T>): Promise<T> {
    try {
      return await action()
    } catch (error) {
      throw this.#explain(error)
    }
  }

  #explain(error: unknown): TransferError {
    return explain(error, `"${printable(this.#target)}"`)
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
export function resolveLinks(target: string, disk: LocalDisk = localDisk): string {
  try {
    if (!disk.find(target)?.isSymbolicLink()) return path.resolve(target)
    return disk.realpath(target)
  } catch (error) {
    if (errnoOf(error) === 'ENOENT') return path.resolve(target)
    throw fromErrno(error, `"${printable(target)}"`)
  }
}
