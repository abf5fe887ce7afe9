import path from 'node:path'
import { explain, TempFile } from '@ftp/files'
import { type Entry, errnoOf, type IfExists, printable, TransferError } from '@ftp/protocol'
import { hiddenName } from './hidden-name.ts'
import { type LocalDisk, localDisk } from './local-disk.ts'
import { LocalFolder } from './local-folder.ts'

const UMASK = process.umask()

/**
 * A local file whose bytes came all at once: they go to a new file of a name that nobody else has, so there is
 * nothing to lock and nothing to continue.
 */
export class WholeFile implements Disposable {
  readonly #target: string
  readonly #folder: LocalFolder
  readonly #file: TempFile

  /**
   * @param target the final name, itself no link
   * @param mode permission bits, as far as they are known
   */
  constructor(target: string, mode = 0o600, disk: LocalDisk = localDisk) {
    this.#target = target
    this.#folder = new LocalFolder(path.dirname(target), disk)
    try {
      this.#file = TempFile.create(this.#folder, hiddenName(this.#folder), mode)
    } catch (error) {
      if (errnoOf(error) !== 'ENOENT') throw this.#explain(error)
      throw new TransferError('not_found', noFolder(this.#folder.self))
    }
  }

  /** Writes all of its bytes. */
  async write(bytes: Uint8Array): Promise<void> {
    try {
      await this.#file.write(bytes, 0)
    } catch (error) {
      throw this.#explain(error)
    }
  }

  /** See {@link PartialFile.commit}. The folder is yet to be made durable. */
  async publish(entry: Entry, ifExists: IfExists): Promise<string | undefined> {
    try {
      await this.#file.seal(entry.mode & ~UMASK, entry.mtime)
      return this.#file.publish(path.basename(this.#target), ifExists)
    } catch (error) {
      throw this.#explain(error)
    }
  }

  /** See {@link PartialFile.commit}. */
  async commit(entry: Entry, ifExists: IfExists): Promise<string | undefined> {
    const name = await this.publish(entry, ifExists)
    try {
      if (name !== undefined) await this.#folder.sync()
    } catch (error) {
      throw this.#explain(error)
    }
    return name
  }

  [Symbol.dispose](): void {
    this.#file[Symbol.dispose]()
  }

  #explain(error: unknown): TransferError {
    return explain(error, `"${printable(this.#target)}"`)
  }
}

export function noFolder(folder: string): string {
  return `there is no folder "${printable(folder)}" here; make it first`
}
