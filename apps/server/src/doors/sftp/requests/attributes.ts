import { formatPath, type RemotePath, TransferError } from '@ftp/protocol'
import type { WritableFile } from '../../../share/new-file.ts'
import { ownStat } from '../../../share/own-view.ts'
import { setstat as setAttributes } from '../../../share/setstat.ts'
import type { Share } from '../../../share/share.ts'
import { openForUpdate } from '../../../share/update.ts'
import type { WantedAttributes } from '../wire/attributes.ts'
import { attributesReply, statusReply } from '../wire/replies.ts'
import type { Answer, Context } from './context.ts'
import { toPath } from './paths.ts'

/**
 * Describes a path. A client that is writing there sees what it has written so far. Links are never followed, so STAT
 * and LSTAT are the same.
 */
export const stat: Answer<'stat' | 'lstat'> = async ({ share, handles }, { path }, id) =>
  attributesReply(id, await ownStat(await share(), toPath(path), handles.files))

/** Describes what a handle stands for. */
export const fstat: Answer<'fstat'> = async ({ share, handles }, { handle: name }, id) => {
  const handle = handles.get(name)
  if (handle.type !== 'directory') return attributesReply(id, handle.file.entry)
  return attributesReply(id, await ownStat(await share(), handle.listing.path))
}

/** Sets times, permission bits and size by path. */
export const setstat: Answer<'setstat'> = async (context, { path: text, attributes }, id) => {
  const path = toPath(text)
  const share = await context.share()
  const own = context.handles.files.findLast((file) => formatPath(file.path) === formatPath(path))
  if (own === undefined) await setByPath(context, share, { path, attributes })
  else await setOpen(own, attributes, context.signal)
  return statusReply(id, 'ok')
}

/** Sets the attributes that an open file will have when it is closed. */
export const fsetstat: Answer<'fsetstat'> = async (context, { handle: name, attributes }, id) => {
  const handle = context.handles.get(name)
  if (handle.type === 'writing') await setOpen(handle.file, attributes, context.signal)
  else {
    const { path } = handle.type === 'directory' ? handle.listing : handle
    await setByPath(context, await context.share(), { path, attributes })
  }
  return statusReply(id, 'ok')
}

interface Wanted {
  readonly path: RemotePath
  readonly attributes: WantedAttributes
}

async function setByPath({ signal }: Context, share: Share, { path, attributes }: Wanted): Promise<void> {
  const { size, mode, mtime } = attributes
  requireSameOwner(attributes)
  if (size !== undefined) {
    // A file of another size is another version of it.
    await using file = await openForUpdate(share, path, { creation: 'refused', isEmptied: false, signal })
    await setOpen(file, attributes, signal)
    await file.commit()
  } else if (mode !== undefined || mtime !== undefined) await setAttributes(share, path, { mode, mtime })
}

async function setOpen(file: WritableFile, attributes: WantedAttributes, signal: AbortSignal): Promise<void> {
  const { size, mode, mtime } = attributes
  requireSameOwner(attributes)
  if (size === 'too-large') throw new TransferError('too_large', 'no file can be so large')
  if (size !== undefined && size !== file.size) await file.truncate(size, signal)
  if (mode !== undefined || mtime !== undefined) await file.setAttributes({ mode, mtime })
}

/** @throws TransferError `forbidden` */
function requireSameOwner({ hasOwner }: WantedAttributes): void {
  if (hasOwner)
    throw new TransferError('forbidden', 'stored files have no owner of their own; leave it as it is')
}
