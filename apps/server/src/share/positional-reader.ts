import { BLOCK_SIZE } from '@ftp/md5'
import type { Range, Slice } from './verified-file.ts'

/** How long a block is kept for the next read, in milliseconds. */
const HOLD_MS = 250
/** Made once, because its stack would cost a small file more than the rest of its end. */
const CLOSED = new Error('the file has been closed')

/**
 * Reads a file in pieces that are smaller than its blocks. As long as each read continues the one before it,
 * every block is read and checked once.
 */
export class PositionalReader implements AsyncDisposable {
  readonly #size: number
  readonly #slices: (range: Range, signal: AbortSignal) => AsyncGenerator<Slice>
  readonly #stop = new AbortController()
  #running: AsyncGenerator<Slice> | undefined
  /** Where the next slice begins. */
  #next = 0
  #slice: Slice | undefined
  #timer: NodeJS.Timeout | undefined
  #last: Promise<unknown> = Promise.resolve()

  /** @param slices reads a range of a file of `size` bytes */
  constructor(size: number, slices: (range: Range, signal: AbortSignal) => AsyncGenerator<Slice>) {
    this.#size = size
    this.#slices = slices
  }

  /**
   * Reads into `buffer` until it is full or the file ends. Calls are answered in their order.
   * @param signal its abort ends the wait
   * @returns the number of bytes read
   * @throws whatever `slices` throws
   */
  read(buffer: Uint8Array, offset: number, signal: AbortSignal): Promise<number> {
    const done = this.#last.then(() => this.#read(buffer, offset, signal))
    this.#last = done.catch(() => {})
    return done
  }

  async #read(buffer: Uint8Array, offset: number, signal: AbortSignal): Promise<number> {
    clearTimeout(this.#timer)
    const end = Math.min(this.#size, offset + buffer.length)
    let at = offset
    while (at < end) {
      signal.throwIfAborted()
      const slice = await this.#sliceAt(at)
      if (slice === undefined) break
      const from = at - slice.offset
      const piece = slice.block.bytes.subarray(from, from + end - at)
      buffer.set(piece, at - offset)
      at += piece.length
      if (from + piece.length === slice.block.length) this.#release()
    }
    this.#timer = setTimeout(() => this.#release(), HOLD_MS)
    return Math.max(0, at - offset)
  }

  /** The slice that has this byte; undefined if the file has ended. */
  async #sliceAt(offset: number): Promise<Slice | undefined> {
    const held = this.#slice
    if (held !== undefined && offset >= held.offset && offset < held.offset + held.block.length) return held
    this.#release()
    const isNext = this.#running !== undefined && offset === this.#next
    const toBoundary = offset - (offset % BLOCK_SIZE) + BLOCK_SIZE
    // Nothing is read ahead before a second block is asked for.
    if (!isNext) return await this.#run({ start: offset, end: Math.min(this.#size, toBoundary) })
    return (await this.#advance()) ?? (await this.#run({ start: offset, end: this.#size }))
  }

  async #run(range: Range): Promise<Slice | undefined> {
    await this.#running?.return(undefined)
    this.#running = this.#slices(range, this.#stop.signal)
    return await this.#advance()
  }

  async #advance(): Promise<Slice | undefined> {
    const next = await this.#running?.next()
    if (next?.done !== false) return undefined
    this.#slice = next.value
    this.#next = next.value.offset + next.value.block.length
    return next.value
  }

  #release(): void {
    this.#slice?.block[Symbol.dispose]()
    this.#slice = undefined
  }

  async [Symbol.asyncDispose](): Promise<void> {
    clearTimeout(this.#timer)
    this.#stop.abort(CLOSED)
    await this.#last
    clearTimeout(this.#timer)
    this.#release()
    await this.#running?.return(undefined)
  }
}
