import { TempFile, whileInUse } from '@ftp/files'
import { type Entry, errnoOf, type IfExists, printable, TransferError } from '@ftp/protocol'
import { hiddenName } from './hidden-name.ts'
import type { LocalFolder } from './local-folder.ts'
import { newFileMode } from './local-mode.ts'

/**
 * A local file whose bytes arrived all at once. They go to a new file with a name that nobody else has, so
 * there is nothing to lock and nothing to continue. Errors are those of the system, except for a folder that
 * does not exist.
 */
export class WholeFile implements Disposable {
  readonly #name: string
  readonly #folder: LocalFolder
  readonly #file: TempFile

  /**
   * @param name the final name, which is no link
   * @param mode the permission bits, if they are known
   * @throws TransferError `not_found` if the folder does not exist
   */
  constructor(folder: LocalFolder, name: string, mode = 0o600) {
    this.#name = name
    this.#folder = folder
    try {
      this.#file = TempFile.create(folder, hiddenName(folder), mode)
    } catch (error) {
      if (errnoOf(error) !== 'ENOENT') throw error
      throw new TransferError('not_found', noFolder(folder.self))
    }
  }

  /** Writes all bytes of the file. */
  write(bytes: Uint8Array): Promise<void> {
    return this.#file.write(bytes, 0)
  }

  /** See {@link PartialFile.commit}. The caller still has to sync the folder. */
  async publish(entry: Entry, ifExists: IfExists): Promise<string | undefined> {
    await this.#file.seal(newFileMode(entry), entry.mtime)
    return await whileInUse(() => this.#file.publish(this.#name, ifExists))
  }

  /** See {@link PartialFile.commit}. */
  async commit(entry: Entry, ifExists: IfExists): Promise<string | undefined> {
    const name = await this.publish(entry, ifExists)
    if (name !== undefined) await this.#folder.sync()
    return name
  }

  [Symbol.dispose](): void {
    this.#file[Symbol.dispose]()
  }
}

/** The message about a target whose folder does not exist. */
export function noFolder(folder: string): string {
  return `there is no folder "${printable(folder)}" here; make it first`
}
