import type { Block } from '@ftp/md5'

/** A range of bytes that is read piece by piece. */
export interface PieceSource<Piece extends { readonly block: Block }> {
  /** The offset of the first byte of the range. */
  readonly start: number
  /** The pieces from an offset on, which are read and hashed ahead of the caller. */
  pieces(from: number, signal: AbortSignal): AsyncGenerator<Piece>
  /** One piece, read alone. */
  piece(offset: number, signal: AbortSignal): Promise<Piece>
}

/**
 * The pieces of a range, in order. While the caller uses one piece, the next ones are read and hashed. If
 * the caller is slow, it can {@link rest}; then there is only one piece at a time.
 */
export class ReadAhead<Piece extends { readonly block: Block }> implements AsyncDisposable {
  readonly #source: PieceSource<Piece>
  readonly #signal: AbortSignal
  #offset: number
  #running: { readonly pieces: AsyncGenerator<Piece>; readonly stop: () => void } | undefined
  #stopped: Promise<unknown> = Promise.resolve()
  #isResting = false

  /** @param signal its abort ends the wait for memory */
  constructor(source: PieceSource<Piece>, signal: AbortSignal) {
    this.#source = source
    this.#signal = signal
    this.#offset = source.start
  }

  /**
   * The next piece. The caller must know that there is one.
   * @throws TransferError `changed`
   * @throws RangeError if no piece is left
   */
  async next(): Promise<Piece> {
    await this.#stopped
    const piece = this.#isResting
      ? await this.#source.piece(this.#offset, this.#signal)
      : await this.#nextOfMany()
    this.#isResting = false
    this.#offset += piece.block.length
    return piece
  }

  /**
   * Releases the pieces that have been read ahead. The next piece is read alone; reading ahead resumes with
   * the piece after it, unless this is called again first.
   */
  rest(): void {
    this.#isResting = true
    const { stop, pieces } = this.#running ?? {}
    this.#running = undefined
    stop?.()
    if (pieces !== undefined) this.#stopped = pieces.return(undefined)
  }

  async #nextOfMany(): Promise<Piece> {
    this.#running ??= this.#begin()
    const { value, done } = await this.#running.pieces.next()
    if (done === true) throw new RangeError('there is no piece left')
    return value
  }

  #begin(): { pieces: AsyncGenerator<Piece>; stop: () => void } {
    const stopping = new AbortController()
    const stop = (): void => {
      this.#signal.removeEventListener('abort', stop)
      stopping.abort(this.#signal.reason)
    }
    this.#signal.addEventListener('abort', stop)
    return { pieces: this.#source.pieces(this.#offset, stopping.signal), stop }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.rest()
    await this.#stopped
  }
}
