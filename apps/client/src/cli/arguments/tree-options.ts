import { TransferError } from '@ftp/protocol'
import { Selection, type SelectionOptions } from '../../selection/selection.ts'
import type { LinkPolicy } from '../../tree/local-tree.ts'
import type { Context } from '../command-context.ts'
import { readText } from './read-text.ts'

/** The options about trees, in either direction. */
export interface TreeOptions extends Omit<SelectionOptions, 'ignore' | 'only'> {
  /** A file with patterns in the syntax of .gitignore. */
  readonly excludeFrom?: string
  /** A file that lists the paths to take. */
  readonly filesFrom?: string
  /** Whether those paths are separated by NUL. */
  readonly null?: boolean
  /** Default: `skip`. */
  readonly links?: LinkPolicy
}

/** Which part of a tree is sent or fetched, and what happens to the links in it. */
export interface TreeChoice {
  readonly select: Selection
  readonly links: LinkPolicy
}

const NAMES: Readonly<Record<keyof SelectionOptions, string>> = {
  include: '--include',
  exclude: '--exclude',
  ignore: '--exclude-from',
  only: '--files-from',
  minSize: '--min-size',
  maxSize: '--max-size',
  newerThan: '--newer-than',
  olderThan: '--older-than',
}

/**
 * Reads the options about a tree.
 * @param from where the tree is
 * @param isTree whether there is a tree; if not, options that select from one are an error
 */
export async function readTreeOptions(
  context: Context,
  { excludeFrom, filesFrom, null: nul = false, links, ...limits }: TreeOptions,
  from: 'here' | 'server',
  isTree = true,
): Promise<TreeChoice> {
  const { include, exclude, minSize, maxSize, newerThan, olderThan } = limits
  const given = [include, exclude, excludeFrom, filesFrom, minSize, maxSize, newerThan, olderThan, links]
  if (!isTree && given.some((option) => option !== undefined))
    throw new TransferError('usage', 'options like --include and --links choose from a directory; add -r')
  if (nul && filesFrom === undefined)
    throw new TransferError(
      'usage',
      '--null describes the list of --files-from; add --files-from, or leave out --null',
    )
  const options = {
    ...{ include, exclude, minSize, maxSize, newerThan, olderThan },
    ignore: excludeFrom === undefined ? undefined : await readText(context, excludeFrom),
    only: filesFrom === undefined ? undefined : pathsOf(await readText(context, filesFrom), nul),
  }
  const select = await Selection.of(options, (option) => NAMES[option])
  return { select, links: linkPolicy(links, from) }
}

/** The paths in a list, which has one path per line or a NUL after each path. */
function pathsOf(text: string, separatedByNul: boolean): string[] {
  const lines = separatedByNul ? text.split('\0') : text.split('\n').map((line) => line.replace(/\r$/, ''))
  return lines.filter((line) => line !== '')
}

function linkPolicy(links: TreeOptions['links'] = 'skip', from: 'here' | 'server'): LinkPolicy {
  if (links !== 'skip' && from === 'server')
    throw new TransferError(
      'usage',
      `--links ${links} works for local links only, because a server follows none; leave it out`,
    )
  return links
}
