import { formatPath, type RemotePath } from '@ftp/protocol'
import type { Directory } from './directory.ts'
import { isBeside } from './groups.ts'
import type { Home } from './home.ts'

/**
 * The directories of files that are worked on in one batch: each is walked to once and stays open until all is done. What
 * happens in one that is renamed meanwhile happens in it under its new name, as with any open directory.
 */
export class Parents implements Disposable {
  readonly #home: Home
  readonly #open = new Map<string, Directory>()
  /** Files of one directory mostly come one after another. */
  #last: { readonly path: RemotePath; readonly parent: Directory } | undefined

  constructor(home: Home) {
    this.#home = home
  }

  /** The directory that holds the last name of `path`. It is closed with the others. @throws TransferError */
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
