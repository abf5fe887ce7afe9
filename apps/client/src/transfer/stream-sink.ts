import type { Writable } from 'node:stream'
import { TransferError } from '@ftp/protocol'
import type { Sink } from './download.ts'

/** A sink that takes bytes once and cannot take them back: standard output, a pipe, a device. */
export class StreamSink implements Sink {
  readonly size = 0
  readonly #stream: Writable
  #written = 0
  #broken: Error | undefined

  constructor(stream: Writable) {
    this.#stream = stream
    stream.on('error', (error) => {
      this.#broken = error
    })
  }

  async read(): Promise<number> {
    return 0
  }

  async write(bytes: Uint8Array): Promise<void> {
    if (this.#broken !== undefined)
      throw new TransferError('io', 'the output was closed before the end', { cause: this.#broken })
    this.#written += bytes.length
    // Until it has been flushed the stream holds on to the bytes. A stream that fails tells its callback too.
    await new Promise<void>((resolve) => this.#stream.write(bytes, () => resolve()))
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
