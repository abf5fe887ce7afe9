import { type Entry, type IfExists, localPath, type RemotePath, TransferError } from '@ftp/protocol'
import type { PartialFile } from '../storage/storage.ts'
import { record } from './audit.ts'
import type { Content } from './hashed-partial.ts'
import type { Lease } from './leases.ts'
import type { QuotaReservation } from './reservation.ts'
import type { Share } from './share.ts'

/** A file that a client wants to store. */
export interface Offer {
  /** The client's name for this upload. Without it, the upload cannot be resumed. */
  readonly upload?: string | undefined
  /** The client's name for the version of its source file. */
  readonly source?: string | undefined
  /** The size of the file in bytes; null if it is not known yet. */
  readonly length: number | null
  readonly mtime?: number | undefined
  readonly mode?: number | undefined
  readonly ifExists: IfExists
  /** As in FileMetadata. */
  readonly ifVersion?: string | undefined
}

/** The outcome of a put. */
export interface Outcome {
  readonly type: 'stored' | 'skipped'
  readonly entry: Entry
}

/** An outcome, and what else the commit knows about the file. */
export interface Committed {
  readonly outcome: Outcome
  readonly version: string
  /** Whether a file had the name before. */
  readonly isReplaced: boolean
}

/** The parts of an upload, which it takes over. */
export interface UploadParts {
  readonly share: Share
  readonly path: RemotePath
  /** The key of the partial. */
  readonly key: string
  readonly offer: Offer
  readonly partial: PartialFile
  readonly reservation: QuotaReservation
  /** Undefined if nobody else can know of the upload. */
  readonly lease: Lease | undefined
}

/**
 * One upload, from its first byte to its commit. Subclasses say how its bytes are verified. Disposing of the
 * upload keeps the partial if it has a name under which a later attempt can find it.
 */
export abstract class Upload implements AsyncDisposable {
  protected readonly share: Share
  /** The name of the file, unless `rename` gives it another one. */
  readonly path: RemotePath
  protected readonly key: string
  protected readonly partial: PartialFile
  protected readonly reservation: QuotaReservation
  protected offer: Offer
  readonly #lease: Lease | undefined
  #committed = false
  #abandoned = false
  #recorded = false

  constructor({ share, path, key, offer, partial, reservation, lease }: UploadParts) {
    this.share = share
    this.path = path
    this.key = key
    this.offer = offer
    this.partial = partial
    this.reservation = reservation
    this.#lease = lease
  }

  /** All bytes before this offset are verified. */
  abstract get position(): number

  /**
   * The digest of the complete file.
   * @throws TransferError `checksum` if the upload is incomplete or its bytes are wrong
   */
  protected abstract content(): Promise<Content>

  /**
   * Called before the partial is closed; nothing may write to it after that.
   * @param isKept whether a later attempt may continue it
   */
  protected async settle(_isKept: boolean): Promise<void> {}

  /** Aborted if a newer connection takes over this upload; undefined if it cannot be resumed. */
  get signal(): AbortSignal | undefined {
    return this.#lease?.signal
  }

  /** @throws TransferError `quota` if the sender did not announce the size and the quota is exhausted */
  protected async grow(size: number): Promise<void> {
    if (this.offer.length === null) await this.reservation.grow(size)
  }

  /**
   * Turns the verified bytes into the file, durably.
   * @throws TransferError `checksum` if the upload is incomplete; also whatever PartialFile.commit throws
   */
  protected async publish(): Promise<Committed> {
    try {
      const committed = await this.#publish()
      this.recordOutcome(committed.outcome)
      return committed
    } catch (error) {
      this.recordEnd(TransferError.from(error).code)
      throw error
    } finally {
      this.#recorded = true
    }
  }

  async #publish(): Promise<Committed> {
    const { md5, chain } = await this.content()
    await this.share.writable()
    this.signal?.throwIfAborted()
    const { onChange } = this.reservation
    let isReplaced = false
    const status = await this.partial.commit(this.offer, (change) => {
      isReplaced = change.files === 0
      onChange(change)
      this.onNamed(md5, isReplaced)
    })
    this.#committed = true
    const { digests, storage } = this.share
    if (status === undefined) {
      const { entry, version } = storage.stat(this.path)
      return { outcome: { type: 'skipped', entry }, version, isReplaced: false }
    }
    const { entry, version } = status
    digests.save(version, { chain, md5, upload: receipt(this.offer) })
    return {
      outcome: { type: 'stored', entry: { ...entry, md5: Buffer.from(md5).toString('hex') } },
      version,
      isReplaced,
    }
  }

  /** Called in the transaction that gives the file its name. */
  protected onNamed(_md5: Uint8Array, _isReplaced: boolean): void {}

  /** Records in the audit trail what the upload has become. */
  protected recordOutcome(outcome: Outcome): void {
    recordPut(this.share, this.path, outcome)
  }

  /** Records in the audit trail that the upload has not become a file. */
  protected recordEnd(outcome: string): void {
    record(this.share, { action: 'put', path: this.path, size: this.position, outcome })
  }

  /** Whether a later attempt would gain anything from the partial. */
  protected get isOfUse(): boolean {
    return this.partial.size > 0
  }

  /** Marks the upload as one that nobody will continue: disposing of it then removes the partial. */
  abandon(): void {
    this.#abandoned = true
  }

  /** Marks the upload as one that was never meant to change anything. */
  protected forget(): void {
    this.#recorded = true
    this.#abandoned = true
  }

  async [Symbol.asyncDispose](): Promise<void> {
    // Whatever fails, the lease is released last: until this partial is closed, nobody else may write to it.
    using _lease = this.#lease
    using _reservation = this.reservation
    await using partial = this.partial
    // If the wait fails, the end is recorded nevertheless; then only SQLite's own timeout applies.
    await this.share.writable().catch(() => {})
    const isKept = !this.#committed && isResumable(this.offer) && !this.#abandoned
    await this.settle(isKept)
    if (!this.#recorded) this.recordEnd('unfinished')
    if (this.#committed || (isKept && this.isOfUse)) return
    await partial.discard()
  }
}

/** Records a put that did not fail in the audit trail, under the final name of the file. */
export function recordPut(
  share: Share,
  path: RemotePath,
  { type, entry: { name, size, md5 } }: Outcome,
): void {
  const what = type === 'stored' ? { size, md5, outcome: 'ok' } : { outcome: 'skipped' }
  record(share, { action: 'put', path: localPath([...path.slice(0, -1), name]), ...what })
}

/** Whether a later attempt can find the partial of this upload. */
export function isResumable(offer: Offer): boolean {
  return offer.upload !== undefined
}

/**
 * The identification of an upload that the digest store keeps with the stored version, to answer a repeated
 * commit.
 */
export function receipt(offer: Offer): string | undefined {
  return offer.upload === undefined || offer.source === undefined
    ? undefined
    : `${offer.upload} ${offer.source}`
}
