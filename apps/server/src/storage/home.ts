import type { FileSystem } from '@ftp/files'
import { joinPath, type RemotePath } from '@ftp/protocol'
import type { Directory } from './directory.ts'

/**
 * Where paths begin. It is walked to from the root each time, as every path is: a link on the way is refused, and a
 * home that was replaced is the new one at once.
 */
export class Home {
  readonly fs: FileSystem
  readonly #root: Directory
  readonly #names: RemotePath

  constructor(root: Directory, names: RemotePath) {
    this.fs = root.fs
    this.#root = root
    this.#names = names
  }

  /** A home further down. */
  below(path: RemotePath): Home {
    return new Home(this.#root, path.reduce(joinPath, this.#names))
  }

  /** A path below it, from the root. */
  fromRoot(path: RemotePath): string {
    return [...this.#names, ...path].join('/')
  }

  open(): Directory {
    return this.#root.descend(this.#names)
  }

  /** Opens a directory below it, following no link. @throws TransferError as Directory.descend */
  descend(names: readonly string[]): Directory {
    if (this.#names.length === 0) return this.#root.descend(names)
    using home = this.open()
    return home.descend(names)
  }

  /** The directory that holds the last name of `path`. */
  parentOf(path: RemotePath): Directory {
    return this.descend(path.slice(0, -1))
  }
}
