import { createHash, randomBytes } from 'node:crypto'
import {
  type Entry,
  formatPath,
  judge,
  namesFor,
  type RemotePath,
  siblingPath,
  TransferError,
} from '@ftp/protocol'
import { requireReplaceable } from '../storage/replaceable.ts'
import type { Status } from '../storage/storage.ts'
import { record } from './audit.ts'
import { ChainedUpload } from './chained-upload.ts'
import type { Lease } from './leases.ts'
import { requireStorable } from './names.ts'
import { QuotaReservation } from './reservation.ts'
import { mayReplace, requirePermission, type Share } from './share.ts'
import { type Offer, type Outcome, receipt, recordPut, type UploadParts } from './upload.ts'

/**
 * Begins to store a file whose chain the client sends.
 * @param signal its abort ends the wait for another connection's lease
 * @returns the upload to fill and commit, or the outcome if the put has already ended: skipped by policy, or
 * stored by an earlier attempt whose answer was lost
 * @throws TransferError `exists`, `is_directory`, `not_file`, `no_space`, `taken_over`, …
 */
export async function put(
  share: Share,
  path: RemotePath,
  offer: Offer,
  signal?: AbortSignal,
): Promise<ChainedUpload | Outcome> {
  const { upload } = offer
  const key = partialKey(share, path, upload)
  const takeLease = upload === undefined ? undefined : () => share.leases.acquire(key, signal)
  const begun = await beginPut(share, path, { key, takeLease, offer })
  return 'partial' in begun ? new ChainedUpload(begun) : begun
}

/** How an upload begins. */
export interface PutOptions {
  /** The key of the partial. */
  readonly key: string
  /** Gets the lease for the key; undefined if no other connection can know the key. */
  readonly takeLease: (() => Promise<Lease>) | undefined
  readonly offer: Offer
  /** What the record of the upload keeps for the share; see UploadRecord. */
  readonly note?: string | undefined
}

/** Begins any upload, as {@link put}: decides whether there is one, and opens its parts. */
export async function beginPut(
  share: Share,
  path: RemotePath,
  options: PutOptions,
): Promise<UploadParts | Outcome> {
  try {
    const begun = await openParts(share, path, options)
    if (!('partial' in begun)) recordPut(share, path, begun)
    return begun
  } catch (error) {
    record(share, { action: 'put', path, outcome: TransferError.from(error).code })
    throw error
  }
}

/** As {@link beginPut}, but without a record in the audit trail. */
export async function openParts(
  share: Share,
  path: RemotePath,
  { key, takeLease, offer: wanted, note }: PutOptions,
): Promise<UploadParts | Outcome> {
  requirePermission(share, 'write')
  requireStorable(share, path)
  const offer = restrict(share, wanted)
  using opened = new DisposableStack()
  const lease = opened.use(await takeLease?.())
  const decision = decide(share, path, offer)
  if (decision.type !== 'open') return decision
  const { replaced } = decision
  const reservation = opened.use(
    await QuotaReservation.of(share, { path, key, length: offer.length, replaced, note }),
  )
  const partial = share.storage.openPartial(path, key, offer.length)
  opened.move()
  return { share, path, key, offer, partial, reservation, lease }
}

/** The offer, restricted to creating files if the account may not overwrite any. */
export function restrict<T extends Offer>(share: Share, offer: T): T {
  if (!mayReplace(offer.ifExists) || share.account.permissions.includes('overwrite')) return offer
  return { ...offer, ifExists: 'fail' }
}

/**
 * The key of the partial: one for each account, path and upload, so that nobody can continue another
 * account's upload.
 */
function partialKey(share: Share, path: RemotePath, upload: string | undefined): string {
  if (upload === undefined) return randomKey()
  return createHash('sha256')
    .update([share.account.name, formatPath(path), upload].join('\0'))
    .digest('hex')
    .slice(0, 32)
}

/** A key that nobody can guess. */
export function randomKey(): string {
  return randomBytes(16).toString('hex')
}

/** A put that needs the bytes of the file. */
interface Open {
  readonly type: 'open'
  /** The entry that the put would replace. */
  readonly replaced: Entry | undefined
}

/**
 * Decides what can be decided before any byte arrives. The commit decides again, atomically.
 * @throws TransferError `exists`, `is_directory`, `not_file`
 */
export function decide(share: Share, path: RemotePath, offer: Offer): Outcome | Open {
  for (const name of namesFor(path.at(-1) ?? '', offer.ifExists)) {
    const existing = find(share, siblingPath(path, name))
    requireVersion(offer, existing)
    if (existing === undefined) return { type: 'open', replaced: undefined }
    const { entry, version } = existing
    const digest = share.digests.find(version)
    if (digest?.md5 !== undefined && digest.upload !== undefined && digest.upload === receipt(offer))
      return { type: 'stored', entry: { ...entry, md5: Buffer.from(digest.md5).toString('hex') } }
    const verdict = judge(offer.ifExists, entry, { size: offer.length, mtime: offer.mtime })
    if (verdict === 'keep') return { type: 'skipped', entry }
    if (verdict === 'refuse') break
    if (verdict === 'rename') continue
    requireReplaceable(path, entry.type)
    return { type: 'open', replaced: entry }
  }
  throw new TransferError('exists', `"${formatPath(path)}" already exists`)
}

/** @throws TransferError `changed` if the existing file is not the one that is to be replaced */
function requireVersion({ ifVersion }: Offer, existing: Status | undefined): void {
  if (ifVersion === undefined) return
  if (existing !== undefined && (ifVersion === 'any' || existing.version === ifVersion)) return
  throw new TransferError('changed', 'the file is not the version that was to be replaced')
}

/** The status of a path; undefined if nothing exists there. */
export function find(share: Share, path: RemotePath): Status | undefined {
  try {
    return share.storage.find(path)
  } catch (error) {
    if (error instanceof TransferError && error.code === 'not_found') return undefined
    throw error
  }
}
