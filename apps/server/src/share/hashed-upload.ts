import { BLOCK_SIZE, type Block, CHAIN_VALUE_SIZE, sameValue } from '@ftp/md5'
import { formatPath, type RemotePath, siblingPath, TransferError } from '@ftp/protocol'
import { formatAnswer, formatNote, type UploadAnswer } from '../state/upload-note.ts'
import { AbortableSource } from './abortable-source.ts'
import { ClaimedChain } from './claimed-chain.ts'
import { Gathering } from './gathering.ts'
import { type Content, HashedPartial } from './hashed-partial.ts'
import { pace } from './pace.ts'
import { type Committed, isResumable, type Offer, Upload, type UploadParts } from './upload.ts'

/** How long bytes may wait in memory for others that follow them, in milliseconds. */
const HOLD_MS = 250
/** How often the chain of a running upload is recorded, in milliseconds. */
const RECORD_MS = 1_000

/** The limits of one {@link HashedUpload.append}. */
export interface AppendOptions {
  /** Its abort ends all waiting; the bytes that have arrived are kept. */
  readonly signal?: AbortSignal | undefined
  /**
   * The chaining values, as far as the client knows them, after each whole block of the file that the bytes
   * complete: 16 bytes each, in order. The bytes are verified against them.
   */
  readonly chain?: Uint8Array | undefined
  /** Called about once a second with an offset: all bytes before it are recorded, and need not be sent again. */
  readonly onRecorded?: ((offset: number) => void) | undefined
}

/**
 * An upload by a client that sends no chain. The server computes it, and records it for the next attempt.
 * Bytes are written in order, beginning at {@link offset}.
 */
export class HashedUpload extends Upload {
  readonly #md5: Uint8Array | undefined
  protected readonly hashed: HashedPartial
  protected readonly gathering: Gathering
  /** The number of blocks whose values are recorded. */
  #recordedBlocks = 0
  #recordedAt = performance.now()
  /** The offset after the last byte that has been received. */
  protected next = 0
  #claims: ClaimedChain | undefined
  #onRecorded: AppendOptions['onRecorded']
  /** Whether what earlier attempts have left is proven, so that the record may be replaced. */
  #isProven = false

  /** @param md5 of the complete file, if the client has announced it */
  constructor(parts: UploadParts, md5: Uint8Array | undefined) {
    super(parts)
    const { hasher, blocks, rates, account } = this.share
    rates.limitOf(account)
    this.#md5 = md5
    this.hashed = new HashedPartial(this.partial, hasher, blocks)
    this.gathering = new Gathering({
      blocks,
      write: (block, offset) => this.#write(block, offset),
      headOf: (offset) => this.hashed.headOf(offset),
      length: () => this.offer.length ?? undefined,
    })
  }

  /** Names the upload for a later attempt: 32 hex digits that nobody can guess. */
  get id(): string {
    return this.key
  }

  /** The size of the file in bytes; undefined if it has not been announced yet. */
  get length(): number | undefined {
    return this.offer.length ?? undefined
  }

  /** Where the next byte belongs. All bytes before it have been received; those of earlier attempts are proven. */
  get offset(): number {
    return this.next
  }

  /** The client knows the id, and may send the first byte at any time. */
  protected override get isOfUse(): boolean {
    return true
  }

  override get position(): number {
    return this.hashed.position
  }

  /**
   * Proves the bytes of an earlier attempt against the recorded chain, and cuts off all others.
   * @param trusted the version of the partial that needs no proof
   */
  async resume(trusted: string | undefined): Promise<void> {
    const record = this.share.uploads.chains.find(this.key)
    await this.hashed.resume(record, trusted !== undefined && trusted === this.partial.version)
    this.next = this.hashed.position
    await this.grow(this.next)
    this.#isProven = true
    const { blocks } = this.hashed
    // If a part of the record has been cut off, the rest is recorded anew.
    this.#recordedBlocks = blocks * CHAIN_VALUE_SIZE === record?.chain.length ? blocks : 0
  }

  /**
   * Announces the size of the file, which was not known when the upload began.
   * @throws TransferError `bad_request` if another size has been announced, `quota`
   */
  async announce(length: number): Promise<void> {
    const known = this.offer.length
    if (known === length) return
    if (known !== null || length < this.next) {
      const size = known === null ? `at least ${this.next} bytes` : `${known} bytes`
      throw new TransferError('bad_request', `the file has ${size}, not ${length}`)
    }
    await this.reservation.grow(length)
    this.learn({ ...this.offer, length })
  }

  /** Registers what has become known about the file. */
  protected learn(offer: Offer): void {
    this.offer = offer
    const note = formatNote({ ...offer, md5: this.#md5, link: this.share.guest?.link })
    this.share.uploads.learn(this.key, { length: offer.length, note })
  }

  /**
   * Receives the next bytes, at the rate of the account. While no bytes come, no scarce memory is held. The
   * source is not closed if this fails.
   * @throws TransferError `taken_over` if a newer connection continues the upload, `bad_request` if there are
   * more bytes than announced, `checksum` if a block is not what `chain` says, `quota`, `no_space`, and
   * whatever the source throws. The bytes before that are kept; {@link offset} is where they end
   */
  async append(
    source: AsyncIterable<Uint8Array>,
    { signal, chain, onRecorded }: AppendOptions = {},
  ): Promise<void> {
    const signals = [signal, this.signal].filter((one) => one !== undefined)
    const stop = AbortSignal.any(signals)
    stop.throwIfAborted()
    this.#claims = chain && new ClaimedChain(chain, Math.floor(this.next / BLOCK_SIZE))
    this.#onRecorded = onRecorded
    using chunks = new AbortableSource(source, stop)
    try {
      for (;;) {
        const { done, value } = await this.#next(chunks.next())
        if (done === true) break
        await this.#take(value, stop)
      }
    } finally {
      // The bytes have arrived, so they count, whatever has ended the rest.
      await this.gathering.flush()
    }
    // The client may be told that these bytes need not be sent again.
    await this.hashed.settled()
    await this.#compare()
  }

  /** Cuts off the first block that is not what the client claims. @throws TransferError `checksum` */
  async #compare(): Promise<void> {
    const block = this.#claims?.findMismatch((blocks) => this.hashed.valueAfter(blocks))
    if (block === undefined) return
    this.gathering[Symbol.dispose]()
    this.next = block * BLOCK_SIZE
    await this.hashed.truncate(this.next)
    throw new TransferError('checksum', `the block at ${this.next} arrived damaged; send it again`)
  }

  /** Waits for the next chunk, and writes what has been gathered if that takes long. */
  async #next<T>(chunk: Promise<T>): Promise<T> {
    if (!this.gathering.isHolding) return await chunk
    let timer: NodeJS.Timeout | undefined
    const late = new Promise<boolean>((resolve) => {
      timer = setTimeout(() => resolve(true), HOLD_MS)
    })
    const isLate = await Promise.race([chunk.then(() => false), late]).finally(() => clearTimeout(timer))
    if (isLate) await this.gathering.flush()
    return await chunk
  }

  async #take(bytes: Uint8Array, signal: AbortSignal): Promise<void> {
    const { length } = this
    if (length !== undefined && this.next + bytes.length > length)
      throw new TransferError('bad_request', `the file was announced with ${length} bytes, and more came`)
    const { rates, account } = this.share
    const limit = rates.presentLimit(account.name)
    if (limit !== undefined) {
      await this.gathering.flush()
      await pace(limit, bytes.length, signal)
    }
    await this.gathering.put(bytes, this.next, signal)
    this.next += bytes.length
  }

  async #write(block: Block, offset: number): Promise<void> {
    using owned = block
    await this.grow(offset + owned.length)
    await this.hashed.write(owned.move(), offset)
    await this.#compare()
    if (!isResumable(this.offer) || performance.now() - this.#recordedAt < RECORD_MS) return
    this.#recordedAt = performance.now()
    await this.share.writable()
    this.#record()
    this.#onRecorded?.(this.hashed.position)
  }

  #record(): void {
    if (this.hashed.isRewound) this.#recordedBlocks = 0
    this.hashed.isRewound = false
    this.share.uploads.chains.save(
      this.key,
      this.#recordedBlocks,
      this.hashed.chainFrom(this.#recordedBlocks),
    )
    this.#recordedBlocks = this.hashed.blocks
  }

  protected override async content(): Promise<Content> {
    await this.gathering.flush()
    const { length } = this
    const { size } = this.hashed
    if (length !== undefined && size !== length)
      throw new TransferError('checksum', `the upload has ${size} of ${length} bytes`)
    const content = await this.hashed.finish()
    if (this.#md5 === undefined || sameValue(this.#md5, content.md5)) return content
    // Nothing that is sent later can make these bytes right.
    this.abandon()
    throw new TransferError('checksum', 'the bytes that arrived do not have the MD5 that was announced')
  }

  /**
   * Turns the bytes into the file, durably. After this resolves, a power loss does not undo it.
   * @throws TransferError `checksum` if bytes are missing or do not have the announced MD5, `exists`,
   * `changed` if the file to be replaced is another version, `taken_over`, `no_space`, …
   */
  async commit(): Promise<Committed> {
    const committed = await this.publish()
    if (!isResumable(this.offer)) return committed
    const { outcome, version, isReplaced } = committed
    const { name, size, md5 } = outcome.entry
    this.#remember(siblingPath(this.path, name), { type: outcome.type, version, isReplaced, size, md5 })
    return committed
  }

  /** If the server is killed from now on, its successor knows what has become of the upload. */
  protected override onNamed(md5: Uint8Array, isReplaced: boolean): void {
    if (!isResumable(this.offer)) return
    const answer = { isReplaced, size: this.hashed.size, md5: Buffer.from(md5).toString('hex') }
    this.#remember(this.path, { type: 'stored', ...answer })
  }

  #remember(path: RemotePath, answer: UploadAnswer): void {
    const { uploads, account, guest } = this.share
    const text = formatAnswer({ ...answer, link: guest?.link })
    uploads.stored.save(this.key, account.name, { path: formatPath(path), answer: text })
  }

  protected override async settle(isKept: boolean): Promise<void> {
    this.gathering[Symbol.dispose]()
    await this.hashed[Symbol.asyncDispose]()
    if (!isKept || !this.#isProven || this.partial.size === 0) return
    try {
      if (this.partial.size > this.position) await this.partial.truncate(this.position)
      const { uploads } = this.share
      uploads.exclusively(() => {
        this.#record()
        uploads.trust(this.key, this.partial.version)
      })
    } catch {
      // The next attempt proves what has been recorded before.
    }
  }
}
