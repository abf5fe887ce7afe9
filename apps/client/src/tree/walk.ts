import type { Entry } from '@ftp/protocol'
import type { Selection } from '../selection/selection.ts'
import { Lookahead } from './lookahead.ts'
import { below, type Listed, type Tree } from './tree.ts'

interface Folder {
  /** Undefined for the root. */
  readonly entry?: Entry
  readonly above?: Folder
  readonly listing: AsyncIterable<readonly Listed[]>
  isYielded: boolean
}

/**
 * The selected entries of a tree, many at a time, each directory before its entries. If only some files are
 * selected, a directory comes with the first of them.
 */
export async function* walk(tree: Tree, selection: Selection): AsyncGenerator<readonly Listed[]> {
  const folders = new Lookahead<Folder>()
  folders.add(() => ({ listing: tree.list(''), isYielded: true }))
  for (const above of folders) {
    for await (const page of above.listing) {
      const found: Listed[] = []
      for (const one of page) {
        if ('failure' in one) {
          found.push(one)
          continue
        }
        const entry = below(above.entry?.name ?? '', one)
        if (!selection.mayTake(entry)) continue
        const isTaken = selection.takes(entry)
        if (isTaken) found.push(...pending(above), entry)
        if (entry.type === 'directory')
          folders.add(() => ({ entry, above, listing: tree.list(entry.name), isYielded: isTaken }))
      }
      yield found
    }
  }
}

function* pending(folder: Folder): Generator<Entry> {
  if (folder.isYielded) return
  folder.isYielded = true
  if (folder.above) yield* pending(folder.above)
  if (folder.entry) yield folder.entry
}
