import { BLOCK_SIZE, CHAIN_START, CHAIN_VALUE_SIZE, Intake, proveBlocks } from '@ftp/md5'
import { type Entry, type IfExists, localPath, type RemotePath, TransferError } from '@ftp/protocol'
import type { PartialFile } from '../storage/storage.ts'
import { record } from './audit.ts'
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
}

/** The outcome of a put. */
export interface Outcome {
  readonly type: 'stored' | 'skipped'
  readonly entry: Entry
}

/**
 * One upload, from its first byte to its commit. New bytes are verified against the sender's chain after they
 * have been written; bytes from an earlier attempt, before any are added to them. Disposing of the upload
 * keeps the partial if it has a name under which a later attempt can find it.
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
  /** The size and MD5 of the whole file, as the sender claimed them with the last bytes. */
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

  /** The number of bytes that an earlier attempt left, not yet verified. */
  get held(): number {
    return this.#partial.size
  }

  /** All bytes before this offset are verified. */
  get position(): number {
    return this.#intake?.checkpoint.length ?? this.#checkpoint.length
  }

  /** Aborted if a newer connection takes over this upload; undefined if it cannot be resumed. */
  get signal(): AbortSignal | undefined {
    return this.#lease?.signal
  }

  /**
   * Checks held blocks against the sender's chaining values, beginning at `position`.
   * @param chain 16 bytes for each block
   * @returns false if a block does not match; `position` is then the start of that block
   */
  async prove(chain: Uint8Array): Promise<boolean> {
    const read = (buffer: Uint8Array, at: number): Promise<number> => this.#partial.read(buffer, at)
    const { hasher, blocks } = this.#share
    const values = await proveBlocks(hasher, { from: this.#checkpoint, claims: chain, read, blocks })
    this.#values.push(...values)
    return values.length === chain.length / CHAIN_VALUE_SIZE
  }

  /**
   * Begins to receive new bytes, after discarding held bytes that are not proven.
   * @param damaged called with the offset of a block that does not match its chaining value and has to be
   * received again
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

  /** Stores the size and MD5 that the sender claims with its last bytes. */
  ends(size: number, md5: Uint8Array): void {
    this.#end = { size, md5 }
  }

  /** @throws TransferError `quota` if the sender did not announce the size and the quota is exhausted */
  async #write(bytes: Uint8Array, offset: number): Promise<void> {
    if (this.#offer.length === null) await this.#reservation.grow(offset + bytes.length)
    await this.#partial.write(bytes, offset)
  }

  /** The end of the proven bytes of earlier attempts, and the chaining value there. */
  get #checkpoint(): { readonly length: number; readonly value: Uint8Array } {
    return { length: this.#values.length * BLOCK_SIZE, value: this.#values.at(-1) ?? CHAIN_START }
  }

  /**
   * Turns the verified bytes into the file, durably.
   * @throws TransferError `checksum` if the upload is incomplete; also whatever PartialFile.commit throws
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

  /** Marks the upload as one that nobody will continue: disposing of it then removes the partial. */
  abandon(): void {
    this.#abandoned = true
  }

  async [Symbol.asyncDispose](): Promise<void> {
    // Whatever fails, the lease is released last: until this partial is closed, nobody else may write to it.
    using _lease = this.#lease
    using _reservation = this.#reservation
    await using partial = this.#partial
    // If the wait fails, the end is recorded nevertheless; then only SQLite's own timeout applies.
    await this.#share.writable().catch(() => {})
    if (!this.#recorded) this.#recordEnd('unfinished')
    if (this.#committed) return
    const isOfUse = partial.size > 0 && isResumable(this.#offer) && !this.#abandoned
    if (!isOfUse) await partial.discard()
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
