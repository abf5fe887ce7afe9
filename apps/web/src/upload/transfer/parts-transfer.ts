import { BLOCK_SIZE, sameValue } from '@ftp/md5/chain'
import { ApiError } from '../../api/api-error.ts'
import { hasCode } from './errors.ts'
import { FileChain } from './file-chain.ts'
import { PartSize } from './part-size.ts'
import { proveSame } from './prove-same.ts'
import type { Transfer, TransferOptions } from './transfer.ts'
import type { PartAnswer, UploadProgress } from './upload-client.ts'

/**
 * How long a part may take, in milliseconds. The server keeps the bytes of a part that is given up, so even a line
 * on which every part takes longer makes progress.
 */
const PART_TIMEOUT_MS = 120_000
/** How many times in a row the same block may arrive damaged. */
const MOST_DAMAGED = 3

/** The transfer of a file in parts, each of which the server checks against the chain of the file. */
export class PartsTransfer implements Transfer {
  readonly #options: TransferOptions
  readonly #chain: FileChain
  readonly #partSize = new PartSize()
  /** The URL of the upload, once it has begun. */
  #upload: string | undefined
  /** The URL of an earlier upload that has not been compared with this file yet. */
  #earlier: string | undefined
  #damaged = { offset: -1, times: 0 }

  constructor(options: TransferOptions) {
    this.#options = options
    this.#chain = new FileChain(options.file, options.hasher)
    this.#earlier = options.earlier
  }

  get url(): string | undefined {
    return this.#upload ?? this.#earlier
  }

  async run(signal: AbortSignal): Promise<void> {
    const { offset, isComplete } = await this.#place(signal)
    if (isComplete) return await this.#verify(undefined, signal)
    await this.#send(offset, signal)
  }

  async discard(signal: AbortSignal): Promise<void> {
    const upload = this.url
    this.#upload = undefined
    this.#earlier = undefined
    if (upload !== undefined) await this.#ignoringGone(this.#options.client.discard(upload, signal))
  }

  /** Finds out where the file continues, or begins its upload. */
  async #place(signal: AbortSignal): Promise<Pick<UploadProgress, 'offset' | 'isComplete'>> {
    const { client, file, path, ifExists, listener } = this.#options
    if (this.#earlier !== undefined) await this.#compare(this.#earlier, signal)
    if (this.#upload !== undefined) {
      const progress = await this.#ignoringGone(client.progressOf(this.#upload, signal))
      if (progress !== undefined) {
        listener.onAnswer()
        listener.onPlaced(progress.offset)
        return progress
      }
    }
    this.#upload = await client.begin(path, file.size, ifExists, signal)
    listener.onAnswer()
    listener.onPlaced(0)
    return { offset: 0, isComplete: false }
  }

  /** Continues an earlier upload if it is of this file; otherwise, removes it. */
  async #compare(earlier: string, signal: AbortSignal): Promise<void> {
    const { client, file, listener } = this.#options
    const progress = await this.#ignoringGone(client.progressOf(earlier, signal))
    listener.onAnswer()
    if (progress !== undefined) {
      const isSame =
        progress.length === file.size &&
        (await proveSame(this.#chain, {
          claimed: await client.chainOf(earlier, signal),
          signal,
          onProven: listener.onCompared,
        }))
      if (isSame) {
        this.#upload = earlier
        listener.onContinued()
      } else {
        await this.#ignoringGone(client.discard(earlier, signal))
        listener.onRestarted()
      }
    }
    this.#earlier = undefined
  }

  async #send(from: number, signal: AbortSignal): Promise<void> {
    const { size } = this.#options.file
    for (let offset = from; ; ) {
      const firstBlock = Math.floor(offset / BLOCK_SIZE)
      const end = Math.min((firstBlock + this.#partSize.blocks) * BLOCK_SIZE, size)
      const began = performance.now()
      const answer = await this.#sendPart(offset, end, signal)
      if (answer.type === 'complete') {
        this.#acknowledged(size)
        return await this.#verify(answer.md5, signal)
      }
      if (answer.type === 'gone') return await this.#restart(signal)
      if (answer.type === 'damaged') this.#countDamage(answer.offset)
      else this.#partSize.took(performance.now() - began, Math.ceil((end - offset) / BLOCK_SIZE))
      offset = answer.offset
      this.#acknowledged(offset)
    }
  }

  /** Begins anew: somebody has removed the upload. */
  async #restart(signal: AbortSignal): Promise<void> {
    this.#upload = undefined
    this.#options.listener.onRestarted()
    await this.run(signal)
  }

  async #sendPart(offset: number, end: number, signal: AbortSignal): Promise<PartAnswer> {
    const { client, file } = this.#options
    const upload = this.#upload
    if (upload === undefined) throw new TypeError('the upload has not begun')
    const endBlock = Math.floor(end / BLOCK_SIZE)
    const chain = await this.#chain.of(Math.floor(offset / BLOCK_SIZE), endBlock)
    signal.throwIfAborted()
    // While this part is on its way, the next one is hashed.
    const next = endBlock + 2 * this.#partSize.blocks
    this.#chain.ahead(Math.min(next, Math.floor(file.size / BLOCK_SIZE)))
    const body = file.slice(offset, end)
    // A file that cannot be read any more would look like a lost connection.
    await body.slice(0, 1).arrayBuffer()
    const part = { offset, body, isLast: end === file.size, chain }
    const timeout = AbortSignal.timeout(PART_TIMEOUT_MS)
    try {
      return await client.append(upload, part, AbortSignal.any([signal, timeout]))
    } catch (cause) {
      if (!timeout.aborted || signal.aborted) throw cause
      throw new ApiError(0, 'timeout', 'the server does not answer', { cause })
    }
  }

  /** The server has stored the file. @param md5 what it says it has stored */
  async #verify(md5: Uint8Array | undefined, signal: AbortSignal): Promise<void> {
    const { client, path } = this.#options
    const stored = md5 ?? (await client.md5Of(path, signal))
    if (stored !== undefined && !sameValue(stored, await this.#chain.md5()))
      throw new ApiError(422, 'checksum', 'the file that was stored is not the file that was sent')
  }

  #acknowledged(bytes: number): void {
    this.#options.listener.onAnswer()
    this.#options.listener.onProgress(bytes)
  }

  #countDamage(offset: number): void {
    const times = offset === this.#damaged.offset ? this.#damaged.times + 1 : 1
    this.#damaged = { offset, times }
    if (times >= MOST_DAMAGED)
      throw new ApiError(422, 'checksum', `the block at ${offset} arrived damaged ${times} times`)
  }

  /** An upload that the server no longer has is begun again. @returns undefined if it is gone */
  async #ignoringGone<T>(request: Promise<T>): Promise<T | undefined> {
    try {
      return await request
    } catch (error) {
      if (!hasCode(error, 'not_found')) throw error
      return undefined
    }
  }
}
