import { sameValue } from '@ftp/md5'
import { type RemotePath, TransferError } from '@ftp/protocol'
import type { NamedDigest } from '../state/digests.ts'
import type { Stored, WholeFile } from '../storage/storage.ts'
import { record } from './audit.ts'
import { requireStorable } from './names.ts'
import { decide, restrict } from './put.ts'
import { countedHome, requireCounted, wholeCounter } from './quota.ts'
import { requirePermission, type Share } from './share.ts'
import { type Offer, type Outcome, receipt, recordPut } from './upload.ts'

/** A file whose bytes are already in memory. */
export interface WholeOffer extends Offer, WholeFile {
  /** The MD5 that the client claims for the bytes. */
  readonly md5?: Uint8Array | undefined
}

/** An offer that is about to be stored. */
interface Checked extends WholeOffer {
  /** The MD5 of the bytes. */
  readonly md5: Uint8Array
}

const NOTHING = new Uint8Array(0)

/** What has become of an offer. */
interface Ended {
  readonly outcome: Outcome
  /** The version of the file, if this offer has stored it. */
  readonly version?: string
}

/**
 * Stores several files in one step, whose bytes are already in memory. A failure of one file does not affect
 * the others.
 * @param wanted instead of an offer, an entry may be the error that is already known for it
 * @returns the outcome of each, in order
 */
export async function mput(
  share: Share,
  wanted: readonly (WholeOffer | TransferError)[],
): Promise<readonly (Outcome | TransferError)[]> {
  const ended = await storeOffers(share, wanted)
  return ended.map((one) => (one instanceof TransferError ? one : one.outcome))
}

/** As {@link mput}, for doors that report versions. */
export async function storeOffers(
  share: Share,
  wanted: readonly (WholeOffer | TransferError)[],
): Promise<readonly (Ended | TransferError)[]> {
  const md5s = share.hasher.md5sOf(
    wanted.map((offer) => (offer instanceof TransferError ? NOTHING : offer.bytes)),
  )
  await requireCounted(share)
  await share.writable()
  const begun = wanted.map((offer, index) =>
    offer instanceof TransferError ? offer : begin(share, offer, md5s[index]),
  )
  const offers = begun.filter((one) => 'bytes' in one)
  const home = countedHome(share.account)
  const isCounted = (): boolean => share.quotas.isCounted(home)
  const stored = await share.storage.storeAll(offers, { isCounted, writable: share.writable })
  const digests: NamedDigest[] = []
  const ended = offers.map((offer, index) => end(share, offer, stored[index], digests))
  share.digests.saveAll(digests)
  let next = 0
  const all = begun.flatMap((one) => {
    if ('bytes' in one) return ended[next++] ?? []
    return one instanceof TransferError ? one : { outcome: one }
  })
  for (const [index, one] of all.entries()) {
    const offer = wanted[index]
    if (offer !== undefined && !(offer instanceof TransferError)) note(share, offer.path, one)
  }
  return all
}

function note(share: Share, path: RemotePath, ended: Ended | TransferError): void {
  if (ended instanceof TransferError) record(share, { action: 'put', path, outcome: ended.code })
  else recordPut(share, path, ended.outcome)
}

/** @returns the offer to be stored, or the outcome if that is already decided */
function begin(
  share: Share,
  wanted: WholeOffer,
  md5: Uint8Array | undefined,
): Checked | Outcome | TransferError {
  try {
    requirePermission(share, 'write')
    requireStorable(share, wanted.path)
    if (md5 === undefined || (wanted.md5 !== undefined && !sameValue(md5, wanted.md5))) {
      const text = 'the bytes that arrived do not have the MD5 they were sent with'
      throw new TransferError('checksum', text)
    }
    const offer = restrict(share, wanted)
    // With `replace`, storing bytes that the file already has gives the same result as reporting it as
    // stored.
    const isReplacing = offer.ifExists === 'replace' && offer.ifVersion === undefined
    const decision = isReplacing ? undefined : decide(share, offer.path, offer)
    if (decision !== undefined && decision.type !== 'open') return decision
    return { ...offer, md5, onChange: wholeCounter(share, offer.path) }
  } catch (error) {
    return TransferError.from(error)
  }
}

function end(share: Share, offer: Checked, stored: Stored, digests: NamedDigest[]): Ended | TransferError {
  if (stored instanceof TransferError) return stored
  try {
    if (stored === undefined)
      return { outcome: { type: 'skipped', entry: share.storage.stat(offer.path).entry } }
  } catch (error) {
    return TransferError.from(error)
  }
  const { md5 } = offer
  digests.push([stored.version, { chain: new Uint8Array(0), md5, upload: receipt(offer) }])
  const { entry, version } = stored
  return {
    outcome: { type: 'stored', entry: { ...entry, md5: Buffer.from(md5).toString('hex') } },
    version,
  }
}
