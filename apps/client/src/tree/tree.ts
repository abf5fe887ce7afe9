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

/** Listings of up to this many entries are put in order; longer ones come as they are, a page at a time. */
const SORTED_UP_TO = 10_000
const PAGE = 256

/** The same pages, with their entries in the order of their names, failures last. */
export async function* inOrder(pages: AsyncIterable<readonly Listed[]>): AsyncGenerator<readonly Listed[]> {
  let held: Listed[] = []
  let isLong = false
  for await (const page of pages) {
    if (isLong) yield page
    else {
      held.push(...page)
      isLong = held.length > SORTED_UP_TO
      if (isLong) yield held
      if (isLong) held = []
    }
  }
  held.sort(byName)
  for (let at = 0; at < held.length; at += PAGE) yield held.slice(at, at + PAGE)
}

function byName(one: Listed, other: Listed): number {
  if ('failure' in one || 'failure' in other) return Number('failure' in one) - Number('failure' in other)
  return one.name < other.name ? -1 : 1
}
