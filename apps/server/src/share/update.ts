import { formatPath, type RemotePath, TransferError } from '@ftp/protocol'
import { unfinishedTo } from './continuable-uploads.ts'
import type { Lease } from './leases.ts'
import { find, randomKey } from './put.ts'
import { requirePermission, type Share } from './share.ts'
import { openHashed, reopen, requireFew, resumed } from './store.ts'
import { UpdatedFile } from './updated-file.ts'
import type { Offer, UploadParts } from './upload.ts'
import { VerifiedFile } from './verified-file.ts'

export interface UpdateOptions {
  /**
   * What happens if the file does not exist: `refused` is `not_found`, `allowed` creates it, and with
   * `required` an existing file is `exists`.
   */
  readonly creation: 'refused' | 'allowed' | 'required'
  /** Whether the file begins empty. Otherwise, it begins with the bytes of the existing one. */
  readonly isEmptied: boolean
  /** The permission bits of a file that did not exist. */
  readonly mode?: number | undefined
  /** The ids of the files that this client has open: none of these is continued. */
  readonly open?: ReadonlySet<string> | undefined
  /** Its abort ends all waiting. */
  readonly signal?: AbortSignal | undefined
}

/**
 * Opens a file for writing anywhere in it. Until the commit, everybody else sees the file as it was. If the
 * file does not exist, but this account has an unfinished upload to its path, this continues that upload: the
 * account has seen its proven bytes (see own-view.ts).
 * @throws TransferError `not_found`, `exists`, `is_directory`, `not_file`, `forbidden`, `name`, `quota`, …
 */
export async function openForUpdate(
  share: Share,
  path: RemotePath,
  options: UpdateOptions,
): Promise<UpdatedFile> {
  const { creation, isEmptied, mode, signal } = options
  requirePermission(share, 'write')
  const existing = find(share, path)
  if (existing === undefined) {
    if (creation === 'refused') throw new TransferError('not_found', `"${formatPath(path)}" does not exist`)
    const continued = creation === 'allowed' && !isEmptied ? await resume(share, path, options) : undefined
    const ifExists = creation === 'required' ? 'fail' : 'replace'
    return continued ?? (await open(share, path, { offer: { mode, ifExists, length: null }, signal }))
  }
  const { type, mode: bits } = existing.entry
  if (creation === 'required') throw new TransferError('exists', `"${formatPath(path)}" already exists`)
  if (type === 'directory') throw new TransferError('is_directory', `"${formatPath(path)}" is a directory`)
  requirePermission(share, 'overwrite')
  const offer = { mode: bits, ifExists: 'replace', length: null } as const
  if (isEmptied) return await open(share, path, { offer, signal })
  requirePermission(share, 'read')
  await using opened = new AsyncDisposableStack()
  const source = opened.use(new VerifiedFile(share, share.storage.open(path)))
  const file = await open(share, path, { offer: { ...offer, ifVersion: source.version }, source, signal })
  opened.move()
  return file
}

/** Continues the newest unfinished upload to a path. @returns undefined if there is none */
async function resume(
  share: Share,
  path: RemotePath,
  { open: own, signal }: UpdateOptions,
): Promise<UpdatedFile | undefined> {
  const held = unfinishedTo(share, path).find(({ key }) => own?.has(key) !== true)
  if (held === undefined) return undefined
  const make = (parts: UploadParts, md5: Uint8Array | undefined): UpdatedFile =>
    new UpdatedFile(parts, { md5, isContinued: true })
  const begun = await reopen(share, held.key, signal, make)
  if (begun instanceof UpdatedFile) return begun
  throw new TransferError('busy', `"${formatPath(path)}" has just been stored; try again`)
}

interface Opening {
  readonly offer: Offer
  readonly source?: VerifiedFile | undefined
  readonly signal: AbortSignal | undefined
}

/** Opens a file with a partial of its own. */
async function open(
  share: Share,
  path: RemotePath,
  { offer, source, signal }: Opening,
): Promise<UpdatedFile> {
  requireFew(share)
  const key = randomKey()
  const takeLease = (): Promise<Lease> => share.leases.acquire(key, signal)
  const options = { key, takeLease, md5: undefined, offer: { ...offer, upload: key } }
  const begun = await openHashed(share, path, options)
  if (!('partial' in begun)) throw new TransferError('exists', `"${formatPath(path)}" already exists`)
  return await resumed(new UpdatedFile(begun, { source }), undefined)
}
