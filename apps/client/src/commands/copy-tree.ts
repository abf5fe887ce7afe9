import { type Entry, printable, TransferError } from '@ftp/protocol'
import type { Selection } from '../selection/selection.ts'
import type { Target } from '../tree/target.ts'
import type { Tree } from '../tree/tree.ts'
import { walk } from '../tree/walk.ts'
import { leftOutTold } from './told.ts'
import type { Found } from './transfers.ts'

/** Makes the directories of a tree, and finds the files that go into them. @param root what its root is like */
export async function* copyTree(
  tree: Tree,
  target: Target,
  selection: Selection,
  root: Entry,
): AsyncGenerator<Found> {
  await target.make({ ...root, name: '' })
  for await (const one of walk(tree, selection)) {
    if ('failure' in one) yield one
    else if (one.type === 'directory') await target.make(one)
    else if (one.type === 'file') yield { job: target.job(one) }
    else yield { told: leftOutTold({ name: target.nameOf(one), type: one.type }) }
  }
}

/** What --files-from names and was in none of the trees. */
export function* missing(selection: Selection): Generator<Found> {
  for (const name of selection.missing) {
    const text = `--files-from: there is no "${printable(name)}"`
    yield { failure: new TransferError('not_found', text) }
  }
}
