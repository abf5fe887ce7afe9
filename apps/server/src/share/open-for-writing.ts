import { type Entry, formatPath, type RemotePath, TransferError } from '@ftp/protocol'
import { requireReplaceable } from '../storage/replaceable.ts'
import { unfinishedTo } from './continuable-uploads.ts'
import { requireStorable } from './names.ts'
import { NewFile, type WritableFile } from './new-file.ts'
import { requirePermission, type Share } from './share.ts'
import { openForUpdate, type UpdateOptions } from './update.ts'
import type { UpdatedFile } from './updated-file.ts'

/** As {@link UpdateOptions}; the signal is also that of the commit. */
export type WritingOptions = UpdateOptions & { readonly signal: AbortSignal }

/**
 * As `openForUpdate`, but a file that begins empty is in memory as long as it is small.
 * @throws TransferError as `openForUpdate`; what depends on the size of the file is only known later
 */
export async function openForWriting(
  share: Share,
  path: RemotePath,
  options: WritingOptions,
): Promise<WritableFile> {
  const { creation, isEmptied, mode, signal } = options
  requirePermission(share, 'write')
  const existing = share.storage.find(path)
  const isContinued = (): boolean =>
    existing !== undefined || (creation === 'allowed' && unfinishedTo(share, path).length > 0)
  if ((existing === undefined && creation === 'refused') || (!isEmptied && isContinued()))
    return await openForUpdate(share, path, options)
  requireStorable(share, path)
  if (existing !== undefined) requireReplacement(share, path, existing.entry.type, creation)
  const ifExists = creation === 'required' ? 'fail' : 'replace'
  const offer = { ifExists, mode: existing?.entry.mode ?? mode } as const
  const open = (stop: AbortSignal): Promise<UpdatedFile> =>
    openForUpdate(share, path, { ...options, isEmptied: true, signal: stop })
  return new NewFile(share, path, { offer, open, signal })
}

/** @throws TransferError `exists`, `is_directory`, `not_file`, `forbidden` */
function requireReplacement(
  share: Share,
  path: RemotePath,
  type: Entry['type'],
  creation: UpdateOptions['creation'],
): void {
  if (creation === 'required') throw new TransferError('exists', `"${formatPath(path)}" already exists`)
  requireReplaceable(path, type)
  requirePermission(share, 'overwrite')
}
