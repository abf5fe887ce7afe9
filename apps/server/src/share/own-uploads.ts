import {
  formatPath,
  parentPath,
  parsePath,
  type RemotePath,
  TransferError,
  type UnfinishedUpload,
} from '@ftp/protocol'
import type { UploadRecord } from '../state/uploads.ts'
import { audited } from './audit.ts'
import { fromRoot } from './quota.ts'
import { requirePermission, type Share } from './share.ts'

/** The uploads of this account below its home that are not files yet, running ones too. */
export function* ownUploads(share: Share): Generator<UnfinishedUpload> {
  requirePermission(share, 'write')
  const { account, uploads } = share
  for (const record of uploads.of(account.name, fromRoot(share, []))) {
    const path = pathOf(share, record)
    const held = path && share.storage.partial(parentPath(path), record.key)
    // One that has just become a file has a record for a moment longer.
    if (path !== undefined && (held !== undefined || record.running))
      yield {
        path: formatPath(path),
        key: record.key,
        size: held?.size ?? 0,
        ...(record.length !== undefined && { length: record.length }),
        began: record.began,
        mtime: held?.mtime ?? record.began,
        ...(record.running && { running: true }),
      }
  }
}

/**
 * Removes what an upload of this account has left. One that is being written is taken over first, as by a put that continues
 * it: most often its connection is long broken.
 * @param signal its abort ends the wait for that
 * @throws TransferError `not_found`, `busy`
 */
export async function discardUpload(
  share: Share,
  path: RemotePath,
  key: string,
  signal?: AbortSignal,
): Promise<void> {
  await audited(share, { action: 'discard', path }, async () => {
    requirePermission(share, 'write')
    requireOwn(share, path, key)
    using _lease = await share.leases.acquire(key, signal)
    await share.writable()
    // Whoever wrote it may have come to an end meanwhile, with the file.
    requireOwn(share, path, key)
    share.storage.removePartial(parentPath(path), key)
  })
}

function requireOwn(share: Share, path: RemotePath, key: string): void {
  const record = share.uploads.find({ key, directory: fromRoot(share, parentPath(path)) })
  if (record?.account !== share.account.name || record.name !== path.at(-1))
    throw new TransferError('not_found', `no upload of yours to "${formatPath(path)}" is unfinished`)
}

/** Where its file is to be, below the home; undefined where no path of this protocol leads. */
function pathOf({ account }: Share, { directory, name }: UploadRecord): RemotePath | undefined {
  const names = [...directory.split('/').slice(account.home.length), name ?? '']
  try {
    return parsePath(names.filter((each) => each !== '').join('/'))
  } catch {
    // Its directory has been moved, too far down.
    return undefined
  }
}
