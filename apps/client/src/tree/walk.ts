import type { Entry } from '@ftp/protocol'
import type { Selection } from '../selection/selection.ts'
import { Ahead } from './lookahead.ts'
import { below, type Listed, type Tree } from './tree.ts'

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
        if ('failure' in one) {
          told.push(one)
          continue
        }
        const entry = below(above.entry?.name ?? '', one)
        if (!selection.mayTake(entry)) continue
        const isTaken = selection.takes(entry)
        if (isTaken) told.push(...untold(above), entry)
        if (entry.type === 'directory')
          folders.add(() => ({ entry, above, listing: tree.list(entry.name), isTold: isTaken }))
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
