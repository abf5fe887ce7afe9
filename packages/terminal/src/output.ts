import type { Writable } from 'node:stream'
import { errnoOf, fromErrno, TransferError } from '@ftp/protocol'

/** How long a program that is to stop still waits for a reader, in milliseconds. */
const LAST_MS = 500

/** Why a program's output could not be written. The program itself reports it, once, at its end. */
export class OutputError extends TransferError {
  /** Whether the reader has seen enough, as head(1) has. Nobody needs to be told. */
  readonly isClosed: boolean

  constructor(error: Error, name: string) {
    const isClosed = errnoOf(error) === 'EPIPE'
    const { code, message } = isClosed
      ? new TransferError('io', `nobody reads ${name} any more`)
      : fromErrno(error, name, '')
    super(code, message, { cause: error })
    this.isClosed = isClosed
  }
}

/**
 * Standard output or standard error. When {@link Output.write} has returned, the file, the terminal or the
 * pipe has accepted the text, so the program may exit.
 */
export class Output {
  readonly #stream: Writable
  readonly #signal: AbortSignal
  readonly #name: string
  #failure: OutputError | undefined

  /**
   * @param signal after its abort, a write waits for at most half a second
   * @param name the name of the stream in messages
   */
  constructor(stream: Writable, signal: AbortSignal, name = 'standard output') {
    this.#stream = stream
    this.#signal = signal
    this.#name = name
    stream.on('error', (error) => this.#fail(error))
  }

  /** Whether a person sees what is written. */
  get isTerminal(): boolean {
    return 'isTTY' in this.#stream && this.#stream.isTTY === true
  }

  /** Why the stream could not be written; undefined if it could. */
  get failure(): OutputError | undefined {
    return this.#failure
  }

  /**
   * Writes a text, and waits until it has been accepted, with everything that others have written before.
   * @throws OutputError if this text or an earlier one could not be written; TransferError `aborted` if nobody
   * has accepted the text by the time the program must end
   */
  async write(text: string): Promise<void> {
    if (this.#failure) throw this.#failure
    const { promise, resolve, reject } = Promise.withResolvers<void>()
    let timer: NodeJS.Timeout | undefined
    const hurry = (): void => {
      const late = new TransferError('aborted', `nobody reads ${this.#name}`)
      timer = setTimeout(() => reject(late), LAST_MS)
    }
    this.#stream.write(text, (error) => {
      const failure = error ? this.#fail(error) : this.#failure
      if (failure) reject(failure)
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

  /** Waits until everything that has been written to the stream is accepted. @throws as `write` does */
  async flush(): Promise<void> {
    // Even an empty text cannot be written to a device that is full, so nothing is written without need.
    if (this.#stream.errored) throw this.#fail(this.#stream.errored)
    if (this.#failure !== undefined || this.#stream.writableLength > 0) await this.write('')
  }

  /** @returns the first failure, which those after it only follow */
  #fail(error: Error): OutputError {
    this.#failure ??= new OutputError(error, this.#name)
    return this.#failure
  }
}
