import { type Entry, formatPath, type RemotePath, TransferError } from '@ftp/protocol'
import { unfinishedTo } from './continuable-uploads.ts'
import { HashedUpload } from './hashed-upload.ts'
import { find } from './put.ts'
import { requirePermission, type Share } from './share.ts'
import { openUpload } from './store.ts'
import type { UpdatedFile } from './updated-file.ts'

/**
 * Describes a path to a client that may be writing there. If the client has the file open, it sees what it
 * has written. If nothing has this path but this account has left an unfinished upload to it, the client sees
 * the proven bytes, so that it can continue after them. Nobody else sees either.
 * @param open the files that this client has open
 * @throws TransferError `not_found`
 */
export async function ownStat(
  share: Share,
  path: RemotePath,
  open: Iterable<Pick<UpdatedFile, 'path' | 'entry'>> = [],
): Promise<Entry> {
  requirePermission(share, 'list')
  const text = formatPath(path)
  const held = [...open].findLast((file) => formatPath(file.path) === text)
  if (held !== undefined) return held.entry
  const existing = find(share, path)
  if (existing !== undefined) return existing.entry
  const unfinished = await unfinishedEntry(share, path)
  if (unfinished !== undefined) return unfinished
  throw new TransferError('not_found', `"${text}" does not exist`)
}

async function unfinishedEntry(share: Share, path: RemotePath): Promise<Entry | undefined> {
  if (!share.account.permissions.includes('write')) return undefined
  const [newest] = unfinishedTo(share, path)
  if (newest === undefined) return undefined
  const size = newest.running ? recordedSize(share, newest.key) : await provenSize(share, newest.key)
  return { name: path.at(-1) ?? '', type: 'file', size, mtime: newest.began, mode: 0o600 }
}

/** Another connection is still writing, and is not to be disturbed by a question. */
function recordedSize({ uploads }: Share, key: string): number {
  const { size = 0, tail } = uploads.chains.find(key) ?? {}
  return size + (tail?.length ?? 0)
}

async function provenSize(share: Share, key: string): Promise<number> {
  const begun = await openUpload(share, key)
  if (!(begun instanceof HashedUpload)) return 0
  await using upload = begun
  return upload.offset
}
