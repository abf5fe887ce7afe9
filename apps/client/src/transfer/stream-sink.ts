import type { Writable } from 'node:stream'
import { TransferError } from '@ftp/protocol'
import type { Sink } from './download.ts'

/** A sink that takes bytes once and cannot take them back: standard output, a pipe, a device. */
export class StreamSink implements Sink {
  readonly size = 0
  readonly #stream: Writable
  #written = 0

  constructor(stream: Writable) {
    this.#stream = stream
    // Whoever writes is told.
    if (stream.listenerCount('error') === 0) stream.on('error', () => {})
  }

  async read(): Promise<number> {
    return 0
  }

  /** Resolves when the stream has passed the bytes on: what it only holds may still be lost. */
  async write(bytes: Uint8Array): Promise<void> {
    this.#written += bytes.length
    await new Promise<void>((resolve, reject) => {
      this.#stream.write(bytes, (cause) => {
        if (cause) reject(new TransferError('io', `the output takes no more: ${cause.message}`, { cause }))
        else resolve()
      })
    })
  }

  truncate(size: number): void {
    if (size < this.#written)
      throw new TransferError(
        'changed',
        'the file changed on the server, and what was written cannot be taken back',
      )
  }

  requireSpace(): void {}
}
