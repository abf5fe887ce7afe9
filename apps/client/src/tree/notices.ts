import { type EntryType, printable } from '@ftp/protocol'
import type { Notice } from '../queue/reporter.ts'

/** The kind of change made to an entry of a tree. */
export type Change = 'new' | 'changed' | 'attributes' | 'delete'

const SIGNS: Readonly<Record<Change, string>> = { new: '+', changed: '>', attributes: '.', delete: '-' }

interface Thing {
  readonly name: string
  readonly type: EntryType
}

/** The message about a change to an entry of a tree, as sync shows it. */
export function changeNotice(change: Change, { name, type }: Thing): Notice {
  const line = `${SIGNS[change]} ${printable(name)}${type === 'directory' ? '/' : ''}`
  return { event: { event: 'change', change, path: name, type }, line, isOutput: true }
}

/**
 * The message about an entry that is left out, because it is neither a file nor a directory. It is no
 * failure.
 */
export function leftOutNotice({ name, type }: Thing): Notice {
  const what = type === 'symlink' ? 'a link (see --links)' : 'not a regular file'
  const line = `${printable(name)}: left out, it is ${what}`
  return { event: { event: 'left-out', path: name, type }, line, isOutput: false }
}
