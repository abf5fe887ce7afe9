import { formatPath, quotePath, type RemotePath, TransferError } from '@ftp/protocol'
import type { Omissions } from '../requests/list.ts'

/**
 * A failure for each thing that a listing or a measurement leaves out.
 * @param remote the directory that was listed
 * @param verb what cannot be done with an entry that cannot be named: `fetched`
 */
export function omittedFailures(
  remote: RemotePath,
  { unnamable = 0, unnamed = [], unreadable = [] }: Omissions,
  verb: string,
): readonly TransferError[] {
  const directory = formatPath(remote)
  const failures = unreadable.map((name) => {
    const path = directory === '' ? name : `${directory}/${name}`
    return new TransferError('forbidden', `${quotePath(path)}: the server may not read it`)
  })
  if (unnamable === 0) return failures
  const names = unnamed.map((name) => quotePath(name)).join(', ')
  const rest = unnamed.length < unnamable ? ', …' : ''
  const count = unnamable === 1 ? '1 name' : `${unnamable} names`
  const text =
    `${count} in ${quotePath(directory || '/')} cannot be ${verb}: ${names}${rest}. ` +
    'Names that are not UTF-8, contain control characters or make a path too long must be changed on the server'
  return [...failures, new TransferError('name', text)]
}
