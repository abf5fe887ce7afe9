import {
  formatPath,
  parentPath,
  parsePath,
  type RemotePath,
  TransferError,
  type UnfinishedUpload,
} from '@ftp/protocol'
import { parseNote } from '../state/upload-note.ts'
import type { UploadRecord } from '../state/uploads.ts'
import type { HeldPartial } from '../storage/storage.ts'
import { audited } from './audit.ts'
import { fromRoot } from './quota.ts'
import { refuseGuests, requirePermission, type Share } from './share.ts'

/** An unfinished upload of an account. */
export interface OwnUpload {
  readonly upload: UnfinishedUpload
  /** Whether any client of the account can continue it: the server computes its chain, and no guest has begun it. */
  readonly isContinuable: boolean
}

/** The unfinished uploads of this account below its home, including those that are running. */
export function* ownUploads(share: Share): Generator<OwnUpload> {
  requirePermission(share, 'write')
  refuseGuests(share)
  const { account, uploads } = share
  for (const record of uploads.of(account.name, fromRoot(share, []))) {
    const path = pathOf(share, record)
    const held = path && share.storage.partial(parentPath(path), record.key)
    // After an upload has become a file, its record remains for a moment.
    if (path !== undefined && (held !== undefined || record.running))
      yield { upload: describe(path, record, held), isContinuable: isContinuable(record) }
  }
}

function isContinuable({ note }: UploadRecord): boolean {
  return note !== undefined && parseNote(note).link === undefined
}

function describe(path: RemotePath, record: UploadRecord, held: HeldPartial | undefined): UnfinishedUpload {
  const { key, length, began, running } = record
  return {
    path: formatPath(path),
    key,
    size: held?.size ?? 0,
    ...(length !== undefined && { length }),
    began,
    mtime: held?.mtime ?? began,
    ...(running && { running: true }),
  }
}

/**
 * Removes the partial of an unfinished upload of this account. If a connection is still writing it, this
 * takes the upload over first, as a put that continues it does: usually that connection broke long ago.
 * @param signal its abort ends the wait for the takeover
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
    // The upload may have finished during the wait, so that it is a file now.
    requireOwn(share, path, key)
    share.storage.removePartial(parentPath(path), key)
  })
}

function requireOwn(share: Share, path: RemotePath, key: string): void {
  const record = share.uploads.find({ key, directory: fromRoot(share, parentPath(path)) })
  if (record?.account !== share.account.name || record.name !== path.at(-1))
    throw new TransferError('not_found', `you have no unfinished upload to "${formatPath(path)}"`)
}

/** The path of the future file, below the home; undefined if no path of this protocol leads there. */
export function pathOf({ account }: Share, { directory, name }: UploadRecord): RemotePath | undefined {
  const names = [...directory.split('/').slice(account.home.length), name ?? '']
  try {
    return parsePath(names.filter((each) => each !== '').join('/'))
  } catch {
    // Its directory has been moved to a place that is too deep for a path.
    return undefined
  }
}
