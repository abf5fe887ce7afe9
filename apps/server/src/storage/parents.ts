import { formatPath, type RemotePath } from '@ftp/protocol'
import type { Directory } from './directory.ts'
import { isBeside } from './groups.ts'
import type { Home } from './home.ts'

/**
 * The parent directories of the files in one batch. Each is opened once and stays open until the batch is
 * done. If a directory is renamed meanwhile, the batch continues in it under its new name, as with any open
 * directory.
 */
export class Parents implements Disposable {
  readonly #home: Home
  readonly #open = new Map<string, Directory>()
  /** The most recent directory: usually, files of one directory come one after another. */
  #last: { readonly path: RemotePath; readonly parent: Directory } | undefined

  constructor(home: Home) {
    this.#home = home
  }

  /**
   * The directory that contains the last name of `path`. Disposing of this object closes it.
   * @throws TransferError
   */
  of(path: RemotePath): Directory {
    if (this.#last !== undefined && isBeside(path, this.#last.path)) return this.#last.parent
    const key = formatPath(path).slice(0, -(path.at(-1)?.length ?? 0))
    const parent = this.#open.get(key) ?? this.#home.parentOf(path)
    this.#open.set(key, parent)
    this.#last = { path, parent }
    return parent
  }

  [Symbol.dispose](): void {
    for (const directory of this.#open.values()) directory[Symbol.dispose]()
    this.#open.clear()
  }
}
