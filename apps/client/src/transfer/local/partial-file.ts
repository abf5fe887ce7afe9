import { createHash } from 'node:crypto'
import path from 'node:path'
import { discard, explain, requireSpace, TempFile, whileInUse } from '@ftp/files'
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
import { newFileMode } from './local-mode.ts'
import { noFolder } from './whole-file.ts'

/** The suffix of the names of partial files. */
const SUFFIX = '.ftp.part'

/**
 * A local file that is being received. Its bytes go to a partial file beside it. Once they are complete and
 * verified, the partial file gets the final name; until then, it stays for the next attempt.
 */
export class PartialFile implements Disposable {
  readonly #disk: LocalDisk
  readonly #folder: LocalFolder
  readonly #target: string
  readonly #partial: string
  readonly #file: TempFile
  /** Holds the lock and the open file. */
  readonly #open: Disposable

  /**
   * @param target the final name; a link is followed, so that it keeps pointing to the file
   * @param beside the name from which the partial file's name is made; it differs from `target` if `target`
   *   may be taken and the file will get another name
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

  /** How many bytes of the file have been written. */
  get size(): number {
    return this.#file.size
  }

  /** Reads until `buffer` is full or the partial file ends. */
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

  /** @throws TransferError `no_space` if a file of `length` bytes does not fit */
  requireSpace(length: number): void {
    requireSpace(this.#folder, length - this.size, `"${printable(this.#target)}"`)
  }

  /**
   * Durably gives the partial file its final name, with the entry's time and permission bits: after this
   * resolves, a power cut does not undo it.
   * @returns the name it got, which differs from the given one only with `rename`; undefined if `ifExists`
   *   leaves the existing file
   */
  async commit(entry: Entry, ifExists: IfExists): Promise<string | undefined> {
    return await this.#attempt(async () => {
      await this.#file.seal(newFileMode(entry, { umask: process.umask() }), entry.mtime)
      this.#requireOwn()
      const name = await whileInUse(() => this.#file.publish(path.basename(this.#target), ifExists))
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
    // An empty partial file is of no use to a later attempt.
    if (this.size === 0) discard(this.#disk, this.#partial)
  }

  /**
   * The verified bytes belong to the open descriptor, but the final name goes to whatever has the partial
   * file's name.
   */
  #requireOwn(): void {
    const [held, named] = [this.#file.stats(), this.#disk.find(this.#partial)]
    if (named?.ino === held.ino && named.dev === held.dev) return
    throw new TransferError(
      'changed',
      `"${printable(this.#partial)}" was removed or replaced during the transfer; run the same command again`,
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
    return explain(error, `"${printable(this.#target)}"`, 'here')
  }
}

/** The path of the partial file. If the name is too long for the suffix, it is replaced by a digest. */
export function partialOf(target: string): string {
  const name = path.basename(target) + SUFFIX
  if (Buffer.byteLength(name) <= LIMITS.name) return path.join(path.dirname(target), name)
  const digest = createHash('sha256').update(path.basename(target)).digest('hex').slice(0, 32)
  return path.join(path.dirname(target), `.${digest}${SUFFIX}`)
}

/** Whether a name may be that of a partial file. */
export function isPartial(name: string): boolean {
  return name.endsWith(SUFFIX)
}

/** The paths beside `target` that are in use while it is received. */
export function takenBeside(target: string): readonly string[] {
  return [partialOf(target), lockOf(partialOf(target))]
}

function lockOf(partial: string): string {
  return partial.replace(/part$/, 'lock')
}

/** The path that a link leads to, or the path itself if it is no link. */
export function resolveLinks(target: string, disk: LocalDisk = localDisk): string {
  try {
    if (!disk.find(target)?.isSymbolicLink()) return path.resolve(target)
    return disk.realpath(target)
  } catch (error) {
    if (errnoOf(error) === 'ENOENT') return path.resolve(target)
    throw fromErrno(error, `"${printable(target)}"`)
  }
}
