import { type Entry, printable, TransferError } from '@ftp/protocol'
import type { SourceItem } from '../queue/scheduler.ts'
import type { Selection } from '../selection/selection.ts'
import { leftOutNotice } from './notices.ts'
import type { Target } from './target.ts'
import type { Tree } from './tree.ts'
import { walk } from './walk.ts'

/**
 * Makes the directories of a tree, and finds the files that go into them. @param root the root of the tree
 */
export async function* copyTree(
  tree: Tree,
  target: Target,
  selection: Selection,
  root: Entry,
): AsyncGenerator<readonly SourceItem[]> {
  await target.make({ ...root, name: '' })
  for await (const page of walk(tree, selection)) {
    const found: SourceItem[] = []
    for (const one of page) {
      if ('failure' in one) found.push(one)
      else if (one.type === 'directory') await target.make(one)
      else if (one.type === 'file') found.push({ job: target.job(one) })
      else found.push({ notice: leftOutNotice({ name: target.nameOf(one), type: one.type }) })
    }
    yield found
  }
}

/** A failure for each selected path that was in none of the trees. */
export function missing(selection: Selection): readonly SourceItem[] {
  return selection.missing.map((name) => {
    const text = `${selection.nameOf('only')}: there is no "${printable(name)}"`
    return { failure: new TransferError('not_found', text), name }
  })
}
