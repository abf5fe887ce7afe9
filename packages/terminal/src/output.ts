import type { Writable } from 'node:stream'
import { errnoOf, fromErrno, TransferError } from '@ftp/protocol'

/** How long a program that was told to stop still waits for a reader, in milliseconds. */
const LAST_MS = 500

/** The reader has seen enough, as head(1) has: nothing to complain about, but not everything has been said. */
export class OutputClosed extends Error {
  override readonly name = 'OutputClosed'
}

/**
 * Standard output or standard error. What {@link Output.write} has returned from has been taken by the file, the
 * terminal or the pipe, so a program may exit then.
 */
export class Output {
  readonly #stream: Writable
  readonly #signal: AbortSignal
  readonly #name: string
  #failure: Error | undefined

  /**
   * @param signal once it is aborted, a write waits for half a second and no longer
   * @param name what messages call the stream
   */
  constructor(stream: Writable, signal: AbortSignal, name = 'standard output') {
    this.#stream = stream
    this.#signal = signal
    this.#name = name
    stream.on('error', (error) => {
      this.#failure ??= error
    })
  }

  /**
   * Writes a text and waits until it has been taken.
   * @throws OutputClosed when the reader is gone; TransferError `no_space`, `io`, and `aborted` when nobody has taken
   * the text by the time the program must end
   */
  async write(text: string): Promise<void> {
    const { promise, resolve, reject } = Promise.withResolvers<void>()
    let timer: NodeJS.Timeout | undefined
    const hurry = (): void => {
      const late = new TransferError('aborted', `nobody reads ${this.#name}`)
      timer = setTimeout(() => reject(late), LAST_MS)
    }
    this.#stream.write(text, (error) => {
      if (error) reject(this.#explain(this.#failure ?? error))
      else resolve()
    })
    if (this.#signal.aborted) hurry()
    else this.#signal.addEventListener('abort', hurry, { once: true })
    try {
      await promise
    } finally {
      clearTimeout(timer)
      this.#signal.removeEventListener('abort', hurry)
    }
  }

  #explain(error: Error): Error {
    return errnoOf(error) === 'EPIPE' ? new OutputClosed('the reader is gone') : fromErrno(error, this.#name)
  }
}
