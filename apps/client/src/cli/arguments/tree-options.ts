import { TransferError } from '@ftp/protocol'
import { Selection, type SelectionOptions } from '../../selection/selection.ts'
import type { LinkPolicy } from '../../tree/local-tree.ts'
import type { Context } from '../context.ts'
import { readText } from './read-text.ts'

/** What can be said about trees, whichever way they go. */
export interface TreeOptions extends SelectionOptions {
  /** Default: `skip`. */
  readonly links?: 'skip' | 'follow' | 'copy'
}

/** What a tree is that is sent or fetched. */
export interface TreeChoice {
  readonly selection: Selection
  readonly links: LinkPolicy
}

/**
 * Reads the options about a tree.
 * @param from where the tree is
 * @param isTree whether there is one: without, nothing can be chosen from it
 */
export async function chosen(
  context: Context,
  options: TreeOptions,
  from: 'here' | 'server',
  isTree = true,
): Promise<TreeChoice> {
  const { include, exclude, excludeFrom, filesFrom, minSize, maxSize, newerThan, olderThan } = options
  const given = [
    include,
    exclude,
    excludeFrom,
    filesFrom,
    minSize,
    maxSize,
    newerThan,
    olderThan,
    options.links,
  ]
  if (!isTree && given.some((option) => option !== undefined))
    throw new TransferError('bad_request', '--include, --links and the like choose from directories; add -r')
  const selection = await Selection.of(options, (file) => readText(context, file))
  return { selection, links: linkPolicy(options, from) }
}

function linkPolicy({ links = 'skip' }: TreeOptions, from: 'here' | 'server'): LinkPolicy {
  if (links !== 'skip' && from === 'server')
    throw new TransferError(
      'bad_request',
      `--links ${links}: a server neither follows links nor says where they lead; they can only be left out`,
    )
  if (links === 'copy')
    throw new TransferError(
      'bad_request',
      '--links copy: a server makes no links; use --links follow to store what they lead to',
    )
  return links
}
