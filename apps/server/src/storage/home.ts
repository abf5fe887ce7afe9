import type { FileSystem } from '@ftp/files'
import type { RemotePath } from '@ftp/protocol'
import type { Directory } from './directory.ts'

/**
 * The directory where paths begin. Each use walks to it from the root, as to any path: a link on the way is
 * refused, and if the home has been replaced, the new one is used at once.
 */
export class Home {
  readonly fs: FileSystem
  readonly rootDevice: bigint
  readonly #root: Directory
  /** From the root; there may be more of them than a path on the wire has. */
  readonly #names: readonly string[]

  constructor(root: Directory, names: readonly string[]) {
    this.fs = root.fs
    this.rootDevice = root.rootDevice
    this.#root = root
    this.#names = names
  }

  /** A home further down in the tree. */
  below(path: RemotePath): Home {
    return new Home(this.#root, [...this.#names, ...path])
  }

  /** The path from the root that corresponds to a path in this home. */
  fromRoot(path: RemotePath): string {
    return [...this.#names, ...path].join('/')
  }

  open(): Directory {
    return this.#root.descend(this.#names)
  }

  /** Opens a directory in this home, following no link. @throws TransferError as Directory.descend */
  descend(names: readonly string[]): Directory {
    if (this.#names.length === 0) return this.#root.descend(names)
    using home = this.open()
    return home.descend(names)
  }

  /** The directory that contains the last name of `path`. */
  parentOf(path: RemotePath): Directory {
    return this.descend(path.slice(0, -1))
  }
}
