import { type IfExists, TransferError } from '@ftp/protocol'
import { mkdir as makeDirectory } from '../../../share/mkdir.ts'
import { move } from '../../../share/move.ts'
import { remove as removeEntry } from '../../../share/remove.ts'
import { requirePermission } from '../../../share/share.ts'
import { handleReply, namesReply, type Reply, statusReply } from '../wire/replies.ts'
import type { Answer, Context, Of } from './context.ts'
import { Listing } from './listing.ts'
import { absolute, toNewPath, toPath } from './paths.ts'

/** Removes a file or a link, but no directory. */
export const remove: Answer<'remove' | 'rmdir'> = async ({ share: now }, { type, path: text }, id) => {
  const path = toPath(text)
  const share = await now()
  requirePermission(share, 'delete')
  const isDirectory = share.storage.stat(path).entry.type === 'directory'
  if (isDirectory && type === 'remove')
    throw new TransferError('is_directory', 'this is a directory; remove it with rmdir')
  if (!isDirectory && type === 'rmdir') throw new TransferError('not_file', 'this is not a directory')
  await removeEntry(share, path, false)
  return statusReply(id, 'ok')
}

export const mkdir: Answer<'mkdir'> = async ({ share }, { path }, id) => {
  await makeDirectory(await share(), toNewPath(path), false)
  return statusReply(id, 'ok')
}

/** Renames a file or directory. In version 3, what is there is never replaced. */
export const rename: Answer<'rename'> = (context, request, id) => renameTo(context, request, 'fail', id)

export async function renameTo(
  { share }: Context,
  { from, to }: Pick<Of<'rename'>, 'from' | 'to'>,
  ifExists: IfExists,
  id: number,
): Promise<Reply> {
  await move(await share(), toPath(from), toNewPath(to), ifExists)
  return statusReply(id, 'ok')
}

/** Resolves a path without looking at the disk, so that the answer says nothing about it. */
export const realpath: Answer<'realpath'> = async (_, { path }, id) => {
  const name = absolute(toPath(path))
  return namesReply(id, [{ name, long: name, entry: undefined }])
}

export const opendir: Answer<'opendir'> = async ({ share, handles }, { path }, id) => {
  await handles.requireRoom()
  const listing = await Listing.open(await share(), toPath(path))
  return handleReply(id, await handles.add({ type: 'directory', listing }))
}

export const readdir: Answer<'readdir'> = async ({ handles }, { handle: name }, id) => {
  const handle = handles.get(name)
  if (handle.type !== 'directory')
    throw new TransferError('bad_request', 'the handle is not that of a directory')
  const names = await handle.listing.next()
  return names.length > 0 ? namesReply(id, names) : statusReply(id, 'endOfFile', 'the end of the directory')
}
