import path from 'node:path'
import { type EntryType, isReservedName, printable } from '@ftp/protocol'
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
 * The message about an entry that is left out, because it is neither a file nor a directory, or belongs to a
 * server. This is not a failure.
 */
export function leftOutNotice({ name, type }: Thing): Notice {
  const line = `${printable(name)}: left out, it ${whyLeftOut(name, type)}`
  return { event: { event: 'left-out', path: name, type }, line, isOutput: false }
}

function whyLeftOut(name: string, type: EntryType): string {
  if (isReservedName(path.basename(name))) return 'belongs to a server'
  return type === 'symlink' ? 'is a link (see --links)' : 'is not a regular file'
}

/** The kind of an entry, in words. */
export function kindText(type: EntryType): string {
  const kinds = {
    file: 'a file',
    directory: 'a directory',
    symlink: 'a link',
    other: 'a pipe, socket or device',
  }
  return kinds[type]
}
