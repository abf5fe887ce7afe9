import type { Entry } from '@ftp/protocol'
import type { Selection } from '../selection/selection.ts'
import { Ahead } from './ahead.ts'
import type { Listed, Tree } from './tree.ts'

interface Folder {
  /** Absent for the root. */
  readonly entry?: Entry
  readonly above?: Folder
  readonly listing: AsyncIterable<Listed>
  isTold: boolean
}

/**
 * What of a tree takes part, each directory before what is in it. Where only some files do, a directory is told when
 * one of them is found in it.
 */
export async function* walk(tree: Tree, selection: Selection): AsyncGenerator<Listed> {
  const folders = new Ahead<Folder>()
  folders.add(() => ({ listing: tree.list(''), isTold: true }))
  for (const above of folders) {
    for await (const one of above.listing) {
      if ('failure' in one) yield one
      else if (selection.mayTake(one)) {
        const isTaken = selection.takes(one)
        if (isTaken) {
          yield* untold(above)
          yield one
        }
        if (one.type === 'directory')
          folders.add(() => ({ entry: one, above, listing: tree.list(one.name), isTold: isTaken }))
      }
    }
  }
}

function* untold(folder: Folder): Generator<Entry> {
  if (folder.isTold) return
  folder.isTold = true
  if (folder.above) yield* untold(folder.above)
  if (folder.entry) yield folder.entry
}
