import type { Entry, TransferError } from '@ftp/protocol'

/** An entry of a directory, by its name there, or the reason why it cannot be shown. */
export type Listed = Entry | Failed

export interface Failed {
  readonly failure: TransferError
}

/** A tree of files and directories, local or on the server. */
export interface Tree {
  /**
   * Lists one of its directories, in any order, many entries at a time. An entry that cannot be read is
   * listed as a failure; only the loss of the server is thrown.
   * @param folder the path below the root; `''` is the root
   */
  list(folder: string): AsyncIterable<readonly Listed[]>
}

/** The same entry, named by its path below the root of the tree. @param folder the path of its directory */
export function below(folder: string, entry: Entry): Entry {
  return folder === '' ? entry : { ...entry, name: `${folder}/${entry.name}` }
}

/** The directory that an entry is in. */
export function folderOf(name: string): string {
  return name.slice(0, Math.max(0, name.lastIndexOf('/')))
}
