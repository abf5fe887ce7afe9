import { type IfExists, parentPath, parsePath, type RemotePath, TransferError } from '@ftp/protocol'
import { formatNote, parseAnswer, parseNote, type UploadAnswer } from '../state/upload-note.ts'
import type { UploadRecord } from '../state/uploads.ts'
import { HashedUpload } from './hashed-upload.ts'
import type { Lease } from './leases.ts'
import { discardUpload, pathOf } from './own-uploads.ts'
import { beginPut, type PutOptions, randomKey } from './put.ts'
import { fromRoot } from './quota.ts'
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

/** An upload that has become a file, or that a policy has skipped. */
export interface StoredBefore extends UploadAnswer {
  readonly path: RemotePath
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

/** Removes an unfinished upload of this account. The file of that name, if there is one, stays. */
export async function discard(share: Share, id: string, signal?: AbortSignal): Promise<void> {
  const { path } = requireVisible(share, id)
  await discardUpload(share, path, id, signal)
}

/**
 * Removes what earlier attempts of this account have left of a file, once a newer one has come further: their clients
 * began again, rather than continue them. An upload whose length was announced stays, because its client has a name for
 * it; so does one that is running.
 * @param id of the newer attempt
 */
export async function discardEarlier(share: Share, path: RemotePath, id: string): Promise<void> {
  for (const { key, note, length, running } of unfinishedTo(share, path)) {
    if (key === id || note === undefined || length !== undefined || running) continue
    // Somebody may be continuing it just now.
    await discard(share, key).catch(() => {})
  }
}

/** An unfinished upload of this account, as its record describes it. */
export interface UploadDescription {
  readonly id: string
  readonly path: RemotePath
  /** How many bytes have been stored; they are proven when the upload is continued. */
  readonly size: number
  /** The size of the file in bytes; undefined if it has not been announced yet. */
  readonly length: number | undefined
  /** When it began, in microseconds since 1970. */
  readonly began: number
  /** Whether a connection is writing it now. */
  readonly isRunning: boolean
}

/** @throws TransferError `not_found` */
export function describe(share: Share, id: string): UploadDescription | StoredBefore {
  requirePermission(share, 'write')
  const stored = findStored(share, id)
  if (stored !== undefined) return stored
  const { path, length, began, running } = requireVisible(share, id)
  const size = share.storage.partial(parentPath(path), id)?.size ?? 0
  return { id, path, size, length, began, isRunning: running }
}

/**
 * The chain of an unfinished upload of this account, as far as the server has recorded it: 16 bytes for each whole
 * block. A client that has the file can compare it with its own.
 * @throws TransferError `not_found`
 */
export function recordedChain(share: Share, id: string): Uint8Array {
  requirePermission(share, 'write')
  requireUpload(share, id)
  return share.uploads.chains.find(id)?.chain ?? new Uint8Array(0)
}

function findStored({ uploads, account, guest }: Share, id: string): StoredBefore | undefined {
  const stored = uploads.stored.find(id, account.name)
  if (stored === undefined) return undefined
  const answer = parseAnswer(stored.answer)
  return answer.link === guest?.link ? { path: parsePath(stored.path), ...answer } : undefined
}

/** The uploads to a path that this client may continue, the newest first. */
export function unfinishedTo(share: Share, path: RemotePath): UploadRecord[] {
  const { uploads, account } = share
  const directory = fromRoot(share, path.slice(0, -1))
  const found = uploads.to({ account: account.name, directory, name: path.at(-1) ?? '' })
  return found.filter(({ note }) => note !== undefined && parseNote(note).link === share.guest?.link)
}

interface Unfinished extends UploadRecord {
  readonly path: RemotePath
  readonly note: string
}

/** An upload that this client may remove: the account also those of its guests. @throws TransferError `not_found` */
function requireVisible(share: Share, id: string): Unfinished {
  const record = share.uploads.ofKey(share.account.name, fromRoot(share, []), id)
  const path = record && pathOf(share, record)
  if (record?.note === undefined || path === undefined) throw unknown(id)
  if (share.guest !== undefined && parseNote(record.note).link !== share.guest.link) throw unknown(id)
  return { ...record, path, note: record.note }
}

/**
 * An upload that this client may continue: nobody continues one that was begun by other means.
 * @throws TransferError `not_found`, also if a client with a chain of its own has begun it
 */
function requireUpload(share: Share, id: string): Unfinished {
  const upload = requireVisible(share, id)
  if (parseNote(upload.note).link !== share.guest?.link) throw unknown(id)
  return upload
}

function unknown(id: string): TransferError {
  return new TransferError('not_found', `no unfinished upload of yours has the name "${id}"`)
}
