import type { Entry, TransferError } from '@ftp/protocol'

/** Something in a directory, by its name there; or why something there has none that can be shown. */
export type Listed = Entry | Failed

export interface Failed {
  readonly failure: TransferError
}

/** Files and directories, here or on the server. */
export interface Tree {
  /**
   * What is in one of its directories, in any order, many at a time. What cannot be read comes as a failure among
   * them: only the loss of the server is thrown.
   * @param folder its path below the root; `''` is the root
   */
  list(folder: string): AsyncIterable<readonly Listed[]>
}

/** The same by its path below the root of the tree. @param folder the path of the directory */
export function below(folder: string, entry: Entry): Entry {
  return folder === '' ? entry : { ...entry, name: `${folder}/${entry.name}` }
}

/** The directory that something is in. */
export function folderOf(name: string): string {
  return name.slice(0, Math.max(0, name.lastIndexOf('/')))
}
