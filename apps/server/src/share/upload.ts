import { BLOCK_SIZE, CHAIN_START, CHAIN_VALUE_SIZE, Intake, proveBlocks } from '@ftp/md5'
import { type Entry, type IfExists, type RemotePath, siblingPath, TransferError } from '@ftp/protocol'
import type { PartialFile } from '../storage/storage.ts'
import { record } from './audit.ts'
import type { Lease } from './leases.ts'
import type { QuotaReservation } from './reservation.ts'
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
 * One upload, from its first byte to its commit. Bytes are verified against the sender's chain behind their way to the
 * disk, and bytes of an earlier attempt before they are built upon. Disposing of it keeps the partial, if it has a
 * name under which a later attempt can find it.
 */
export class Upload implements AsyncDisposable {
  readonly #share: Share
  readonly #path: RemotePath
  readonly #offer: Offer
  readonly #partial: PartialFile
  readonly #reservation: QuotaReservation
  readonly #lease: Lease | undefined
  readonly #values: Uint8Array[] = []
  #intake: Intake | undefined
  /** Of the whole file, as it was claimed with the last bytes; and its size. */
  #end: { readonly md5: Uint8Array; readonly size: number } | undefined
  #committed = false
  #abandoned = false
  #recorded = false

  constructor(
    share: Share,
    path: RemotePath,
    offer: Offer,
    partial: PartialFile,
    reservation: QuotaReservation,
    lease: Lease | undefined,
  ) {
    this.#share = share
    this.#path = path
    this.#offer = offer
    this.#partial = partial
    this.#reservation = reservation
    this.#lease = lease
  }

  /** Bytes that an earlier attempt left, unproven. */
  get held(): number {
    return this.#partial.size
  }

  /** Everything before it is verified. */
  get position(): number {
    return this.#intake?.checkpoint.length ?? this.#checkpoint.length
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
    const read = (buffer: Uint8Array, at: number): Promise<number> => this.#partial.read(buffer, at)
    const { hasher, blocks } = this.#share
    const values = await proveBlocks(hasher, { from: this.#checkpoint, claims: chain, read, blocks })
    this.#values.push(...values)
    return values.length === chain.length / CHAIN_VALUE_SIZE
  }

  /**
   * Begins to take what comes, after dropping what is held but not proven.
   * @param damaged called with the offset of a block that is not what was claimed of it: it must be taken again
   */
  async receive(damaged: (offset: number) => void): Promise<Intake> {
    const { position } = this
    if (this.#partial.size > position) await this.#partial.truncate(position)
    this.#intake = new Intake(this.#share.hasher, this.#checkpoint, (bytes, at) => this.#write(bytes, at), {
      proven: () => {},
      damaged,
    })
    return this.#intake
  }

  /** Notes what the sender says with its last bytes. */
  ends(size: number, md5: Uint8Array): void {
    this.#end = { size, md5 }
  }

  /** @throws TransferError `quota` where nobody knew how many would come */
  async #write(bytes: Uint8Array, offset: number): Promise<void> {
    if (this.#offer.length === null) await this.#reservation.grow(offset + bytes.length)
    await this.#partial.write(bytes, offset)
  }

  /** Where the proven bytes of earlier attempts end. */
  get #checkpoint(): { readonly length: number; readonly value: Uint8Array } {
    return { length: this.#values.length * BLOCK_SIZE, value: this.#values.at(-1) ?? CHAIN_START }
  }

  /**
   * Makes the verified bytes the file, durably.
   * @throws TransferError `checksum` when the end was not verified, and what PartialFile.commit throws
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
    const { md5, size } = this.#end ?? {}
    if (md5 === undefined || this.position !== size)
      throw new TransferError('checksum', 'the upload is not complete')
    await this.#share.writable()
    this.#lease?.signal.throwIfAborted()
    const status = await this.#partial.commit(this.#offer, this.#reservation.onChange)
    this.#committed = true
    if (status === undefined) return { type: 'skipped', entry: this.#share.storage.stat(this.#path).entry }
    this.#share.digests.save(status.version, {
      chain: Buffer.concat([...this.#values, ...(this.#intake?.values ?? [])]),
      md5,
      upload: receipt(this.#offer),
    })
    return { type: 'stored', entry: { ...status.entry, md5: Buffer.from(md5).toString('hex') } }
  }

  #recordEnd(outcome: string): void {
    record(this.#share, { action: 'put', path: this.#path, size: this.position, outcome })
  }

  /** Nobody will continue it: its partial goes when it is disposed of. */
  abandon(): void {
    this.#abandoned = true
  }

  async [Symbol.asyncDispose](): Promise<void> {
    // The lease last, and whatever happens: nobody else may write before this one is closed, and everybody after it.
    using _lease = this.#lease
    using _reservation = this.#reservation
    await using partial = this.#partial
    // Then the record is ended all the same, with the patience of SQLite.
    await this.#share.writable().catch(() => {})
    if (!this.#recorded) this.#recordEnd('unfinished')
    if (this.#committed) return
    const isOfUse = partial.size > 0 && isResumable(this.#offer) && !this.#abandoned
    if (!isOfUse) await partial.discard()
  }
}

export function recordPut(
  share: Share,
  path: RemotePath,
  { type, entry: { name, size, md5 } }: Outcome,
): void {
  const what = type === 'stored' ? { size, md5, outcome: 'ok' } : { outcome: 'skipped' }
  record(share, { action: 'put', path: siblingPath(path, name), ...what })
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
