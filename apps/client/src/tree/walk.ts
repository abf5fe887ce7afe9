import type { Entry } from '@ftp/protocol'
import type { Selection } from '../selection/selection.ts'
import { Ahead } from './ahead.ts'
import type { Listed, Tree } from './tree.ts'

interface Folder {
  /** Absent for the root. */
  readonly entry?: Entry
  readonly above?: Folder
  readonly listing: AsyncIterable<readonly Listed[]>
  isTold: boolean
}

/**
 * What of a tree takes part, many at a time, each directory before what is in it. Where only some files do, a directory
 * is told when one of them is found in it.
 */
export async function* walk(tree: Tree, selection: Selection): AsyncGenerator<readonly Listed[]> {
  const folders = new Ahead<Folder>()
  folders.add(() => ({ listing: tree.list(''), isTold: true }))
  for (const above of folders) {
    for await (const page of above.listing) {
      const told: Listed[] = []
      for (const one of page) {
        if ('failure' in one) told.push(one)
        else if (selection.mayTake(one)) {
          const isTaken = selection.takes(one)
          if (isTaken) told.push(...untold(above), one)
          if (one.type === 'directory')
            folders.add(() => ({ entry: one, above, listing: tree.list(one.name), isTold: isTaken }))
        }
      }
      yield told
    }
  }
}

function* untold(folder: Folder): Generator<Entry> {
  if (folder.isTold) return
  folder.isTold = true
  if (folder.above) yield* untold(folder.above)
  if (folder.entry) yield folder.entry
}
