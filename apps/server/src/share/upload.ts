import { absorb, BLOCK_SIZE, CHAIN_START, CHAIN_VALUE_SIZE, finish, sameValue } from '@ftp/md5'
import { type Entry, type IfExists, type RemotePath, TransferError } from '@ftp/protocol'
import type { Partial } from '../storage/storage.ts'
import { record } from './audit.ts'
import type { Lease } from './leases.ts'
import type { Room } from './quota.ts'
import type { Share } from './share.ts'

/** What a client wants to store. */
export interface Offer {
  /** The client's name for this upload; without it, it cannot be resumed. */
  readonly upload?: string | undefined
  /** The client's name for the version of its source. */
  readonly source?: string | undefined
  /** Size of the file, null while nobody knows. */
  readonly length: number | null
  readonly mtime?: number | undefined
  readonly mode?: number | undefined
  readonly ifExists: IfExists
}

/** How a put ended. */
export interface Outcome {
  readonly type: 'stored' | 'skipped'
  readonly entry: Entry
}

/**
 * One upload, from its first byte to its commit. Bytes are verified against the sender's chain before they are
 * written, and bytes of an earlier attempt before they are built upon. Disposing of it keeps the partial, if it has a
 * name under which a later attempt can find it.
 */
export class Upload implements AsyncDisposable {
  readonly #share: Share
  readonly #path: RemotePath
  readonly #offer: Offer
  readonly #partial: Partial
  readonly #room: Room
  readonly #lease: Lease | undefined
  readonly #values: Uint8Array[] = []
  #position = 0
  #md5: Uint8Array | undefined
  #committed = false
  #abandoned = false
  #recorded = false

  constructor(
    share: Share,
    path: RemotePath,
    offer: Offer,
    partial: Partial,
    room: Room,
    lease: Lease | undefined,
  ) {
    this.#share = share
    this.#path = path
    this.#offer = offer
    this.#partial = partial
    this.#room = room
    this.#lease = lease
  }

  /** Bytes that an earlier attempt left, unproven. */
  get held(): number {
    return this.#partial.size
  }

  /** The next byte to come; everything before it is verified. */
  get position(): number {
    return this.#position
  }

  /** Aborted when a newer connection takes this upload over. */
  get signal(): AbortSignal | undefined {
    return this.#lease?.signal
  }

  /**
   * Checks held blocks against the sender's chaining values for them, from `position` on.
   * @param chain 16 bytes for each block
   * @returns false at the first block that does not hold: `position` is then its start
   */
  async prove(chain: Uint8Array): Promise<boolean> {
    const block = Buffer.allocUnsafeSlow(BLOCK_SIZE)
    for (let at = 0; at < chain.length; at += CHAIN_VALUE_SIZE) {
      if ((await this.#partial.read(block, this.#position)) < BLOCK_SIZE) return false
      const value = absorb(this.#values.at(-1) ?? CHAIN_START, block)
      if (!sameValue(value, chain.subarray(at, at + CHAIN_VALUE_SIZE))) return false
      this.#values.push(value)
      this.#position += BLOCK_SIZE
    }
    return true
  }

  /** Drops what is held but not proven. To be called once, before the first append. */
  async dropUnproven(): Promise<void> {
    if (this.#partial.size > this.#position) await this.#partial.truncate(this.#position)
  }

  /**
   * Verifies the bytes at `position`: a whole block, or the last bytes of the file. They count from now on;
   * `written` is settled when they are in the partial.
   * @returns undefined when they do not have the md5 they were sent with: ask for them again
   * @throws TransferError `quota` where nobody knew how many would come
   */
  append(bytes: Uint8Array, md5: Uint8Array, last: boolean): { written: Promise<void> } | undefined {
    const before = this.#values.at(-1) ?? CHAIN_START
    const whole = bytes.length === BLOCK_SIZE
    const value = whole ? absorb(before, bytes) : before
    const length = this.#position + bytes.length
    const computed = last ? finish(value, whole ? bytes.subarray(0, 0) : bytes, length) : value
    if (!sameValue(computed, md5)) return undefined
    if (this.#offer.length === null) this.#room.reserve(length)
    const written = this.#partial.write(bytes, this.#position)
    if (whole) this.#values.push(value)
    if (last) this.#md5 = md5
    this.#position = length
    return { written }
  }

  /**
   * Makes the verified bytes the file, durably.
   * @throws TransferError `checksum` when the end was not verified, and what Partial.commit throws
   */
  async commit(): Promise<Outcome> {
    try {
      const outcome = await this.#commit()
      recordPut(this.#share, this.#path, outcome)
      return outcome
    } catch (error) {
      this.#recordEnd(TransferError.from(error).code)
      throw error
    } finally {
      this.#recorded = true
    }
  }

  async #commit(): Promise<Outcome> {
    const md5 = this.#md5
    if (md5 === undefined) throw new TransferError('checksum', 'the upload is not complete')
    this.#lease?.signal.throwIfAborted()
    const status = await this.#partial.commit(this.#offer, this.#room.onChange)
    this.#committed = true
    if (status === undefined) return { type: 'skipped', entry: this.#share.storage.stat(this.#path).entry }
    this.#share.digests.save(status.version, {
      chain: Buffer.concat(this.#values),
      md5,
      upload: receipt(this.#offer),
    })
    return { type: 'stored', entry: { ...status.entry, md5: Buffer.from(md5).toString('hex') } }
  }

  #recordEnd(outcome: string): void {
    record(this.#share, { action: 'put', path: this.#path, size: this.#position, outcome })
  }

  /** Nobody will continue it: its partial goes when it is disposed of. */
  abandon(): void {
    this.#abandoned = true
  }

  async [Symbol.asyncDispose](): Promise<void> {
    // The lease last, and whatever happens: nobody else may write before this one is closed, and everybody after it.
    using _lease = this.#lease
    await using partial = this.#partial
    if (!this.#recorded) this.#recordEnd('unfinished')
    const kept = !this.#committed && isResumable(this.#offer) && !this.#abandoned
    this.#room.end(kept ? partial.size : 0)
    if (!kept && !this.#committed) await partial.discard()
  }
}

export function recordPut(share: Share, path: RemotePath, { type, entry: { size, md5 } }: Outcome): void {
  const what = type === 'stored' ? { size, md5, outcome: 'ok' } : { outcome: 'skipped' }
  record(share, { action: 'put', path, ...what })
}

/** Whether a partial of it can be found again by a later attempt. */
export function isResumable(offer: Offer): boolean {
  return offer.upload !== undefined
}

/** What the digest store remembers of the upload that stored a version, for answering a repeated commit. */
export function receipt(offer: Offer): string | undefined {
  return offer.upload === undefined || offer.source === undefined
    ? undefined
    : `${offer.upload} ${offer.source}`
}
