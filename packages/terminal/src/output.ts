import type { Writable } from 'node:stream'
import { errnoOf, fromErrno, TransferError } from '@ftp/protocol'

/** How long a program that is to stop still waits for a reader, in milliseconds. */
const LAST_MS = 500

/**
 * The reader has closed the stream, as head(1) does. This is not an error, but not everything has been
 * written.
 */
export class OutputClosed extends Error {
  override readonly name = 'OutputClosed'
}

/**
 * Standard output or standard error. When {@link Output.write} has returned, the file, the terminal or the
 * pipe has accepted the text, so the program may exit.
 */
export class Output {
  readonly #stream: Writable
  readonly #signal: AbortSignal
  readonly #name: string
  #failure: Error | undefined

  /**
   * @param signal after its abort, a write waits for at most half a second
   * @param name the name of the stream in messages
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
   * Writes a text, and waits until it has been accepted.
   * @throws OutputClosed if the reader is gone; TransferError `no_space`, `io`, or `aborted` if nobody has
   * accepted the text by the time the program must end
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
