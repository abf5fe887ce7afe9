import { type IfExists, type RemotePath, TransferError } from '@ftp/protocol'
import { formatNote, parseNote } from '../state/upload-note.ts'
import { findStored, requireUpload, type StoredBefore, type Unfinished } from './continuable-uploads.ts'
import { HashedUpload } from './hashed-upload.ts'
import type { Lease } from './leases.ts'
import { beginPut, type PutOptions, randomKey } from './put.ts'
import { requirePermission, type Share } from './share.ts'
import type { Outcome, UploadParts } from './upload.ts'

/**
 * The maximum number of unfinished uploads of an account that a client may add to. Guests must leave some for the account
 * itself.
 */
const [MOST_UNFINISHED, MOST_FOR_GUESTS] = [1_000, 500]

/** A file that a client wants to store without sending its chain. */
export interface StoreOptions {
  /** The size of the file in bytes; undefined if it is not known yet. */
  readonly length?: number | undefined
  readonly ifExists: IfExists
  /** The version of the file to be replaced; `any` if there only has to be one. Checked at the commit. */
  readonly ifVersion?: string | undefined
  /** Microseconds since 1970; default: the time of the commit. */
  readonly mtime?: number | undefined
  /** Permission bits. */
  readonly mode?: number | undefined
  /** The MD5 that the complete file has to have. */
  readonly md5?: Uint8Array | undefined
  /**
   * Whether a later attempt may continue the upload by its id. Default: true. Otherwise, its bytes are removed
   * if it is left.
   */
  readonly isKept?: boolean | undefined
}

/**
 * Begins to store a file whose chain the server computes.
 * @param signal its abort ends all waiting
 * @returns the upload to fill and commit, or the outcome if a policy has skipped it
 * @throws TransferError `forbidden`, `name`, `exists`, `is_directory`, `quota` (also if there are too many unfinished
 * uploads), `no_space`, …
 */
export async function beginUpload(
  share: Share,
  path: RemotePath,
  { length, md5, isKept = true, ...rest }: StoreOptions,
  signal?: AbortSignal,
): Promise<HashedUpload | Outcome> {
  if (isKept) requireFew(share)
  const key = randomKey()
  const offer = { ...rest, length: length ?? null, ...(isKept && { upload: key }) }
  const takeLease = isKept ? () => share.leases.acquire(key, signal) : undefined
  const begun = await openHashed(share, path, { key, offer, md5, takeLease })
  return 'partial' in begun ? await resumed(new HashedUpload(begun, md5), undefined) : begun
}

/** An upload that is left is kept, even if it has no byte yet. @throws TransferError `quota` */
export function requireFew({ uploads, account, guest }: Share): void {
  if (uploads.countOf(account.name) < (guest === undefined ? MOST_UNFINISHED : MOST_FOR_GUESTS)) return
  if (guest !== undefined) throw new TransferError('quota', 'too many uploads are unfinished here')
  throw new TransferError(
    'quota',
    `the account has ${MOST_UNFINISHED} unfinished uploads; finish some, or remove them (ftp-client uploads)`,
  )
}

/**
 * Continues an upload of this account, whichever connection began it. If another connection still writes to
 * it, that one has to stop. The bytes of earlier attempts are proven: read again, and compared with the chain
 * that the server has recorded.
 * @returns the upload, or what has become of it if it has ended already
 * @throws TransferError `not_found` if this account has no such upload, `busy`
 */
export async function openUpload(
  share: Share,
  id: string,
  signal?: AbortSignal,
): Promise<HashedUpload | StoredBefore | Outcome> {
  return await reopen(share, id, signal, (parts, md5) => new HashedUpload(parts, md5))
}

/** As {@link openUpload}, for any kind of upload. */
export async function reopen<U extends HashedUpload>(
  share: Share,
  id: string,
  signal: AbortSignal | undefined,
  make: (parts: UploadParts, md5: Uint8Array | undefined) => U,
): Promise<U | StoredBefore | Outcome> {
  requirePermission(share, 'write')
  const find = (): StoredBefore | Unfinished => findStored(share, id) ?? requireUpload(share, id)
  const before = find()
  if (!('note' in before)) return before
  using leases = new DisposableStack()
  const lease = leases.use(await share.leases.acquire(id, signal))
  // The connection that held the lease may have ended the upload.
  const now = find()
  if (!('note' in now)) return now
  const { path, note, length, trusted } = now
  const { md5, link: _, ...rest } = parseNote(note)
  const offer = { ...rest, length: length ?? null, upload: id }
  const takeLease = async (): Promise<Lease> => {
    leases.move()
    return lease
  }
  const begun = await openHashed(share, path, { key: id, offer, md5, takeLease })
  return 'partial' in begun ? await resumed(make(begun, md5), trusted) : begun
}

/** The beginning of an upload whose chain the server computes. */
export interface HashedOptions extends Pick<PutOptions, 'key' | 'offer' | 'takeLease'> {
  readonly md5: Uint8Array | undefined
}

/** Opens the parts of an upload, and notes its offer for later attempts. */
export async function openHashed(
  share: Share,
  path: RemotePath,
  { md5, ...options }: HashedOptions,
): Promise<UploadParts | Outcome> {
  const { offer } = options
  const link = share.guest?.link
  const note = offer.upload === undefined ? undefined : formatNote({ ...offer, md5, link })
  return await beginPut(share, path, { ...options, note })
}

/** Proves what earlier attempts have left. If that fails, closes the upload. */
export async function resumed<U extends HashedUpload>(begun: U, trusted: string | undefined): Promise<U> {
  await using opened = new AsyncDisposableStack()
  const upload = opened.use(begun)
  await upload.resume(trusted)
  opened.move()
  return upload
}
