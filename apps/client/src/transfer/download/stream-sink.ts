import { addAbortListener } from 'node:events'
import type { Writable } from 'node:stream'
import { BLOCK_SIZE } from '@ftp/md5/chain'
import { errnoOf, fromErrno, TransferError } from '@ftp/protocol'
import type { Sink } from './sink.ts'

/** How many bytes a reader that is slow may leave in the memory of this program. */
const MOST_HELD = 16 * BLOCK_SIZE

/** A sink that takes bytes once and cannot take them back: standard output, a pipe, or a device. */
export class StreamSink implements Sink, Disposable {
  readonly size = 0
  readonly isFinal = true
  readonly window = MOST_HELD
  readonly #stream: Writable
  readonly #interrupted: Promise<never>
  readonly #abort: Disposable
  #written = 0
  #passed = Promise.resolve()

  /** @param signal if it is aborted, the wait for a stream that takes no bytes ends */
  constructor(stream: Writable, signal: AbortSignal) {
    this.#stream = stream
    const { promise, reject } = Promise.withResolvers<never>()
    promise.catch(() => {})
    this.#abort = addAbortListener(signal, () => reject(signal.reason))
    this.#interrupted = promise
    // The callback of each write reports the error.
    if (stream.listenerCount('error') === 0) stream.on('error', () => {})
  }

  [Symbol.dispose](): void {
    this.#abort[Symbol.dispose]()
  }

  async read(): Promise<number> {
    return 0
  }

  /** Hands the stream a copy, because it may keep the bytes it was given, and blocks are reused. */
  async write(bytes: Uint8Array): Promise<void> {
    this.#written += bytes.length
    const { promise, resolve, reject } = Promise.withResolvers<void>()
    this.#stream.write(Buffer.from(bytes), (cause) => {
      if (cause) reject(explain(cause))
      else resolve()
    })
    // Of several failures the first says why.
    this.#passed = Promise.all([this.#passed, promise]).then(() => {})
    this.#passed.catch(() => {})
  }

  /** Resolves when the stream has passed the bytes on: bytes that it only buffers may still be lost. */
  async passed(): Promise<void> {
    await Promise.race([this.#passed, this.#interrupted])
  }

  async truncate(size: number): Promise<void> {
    if (size < this.#written)
      throw new TransferError(
        'changed',
        'the file changed on the server, and what was written cannot be taken back',
      )
  }

  requireSpace(): void {}
}

function explain(cause: Error): TransferError {
  return errnoOf(cause) === 'EPIPE'
    ? new TransferError('io', 'the output was closed before the end', { cause })
    : fromErrno(cause, 'the output', '')
}
