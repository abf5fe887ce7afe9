import type { Socket } from 'node:net'
import { Duplex } from 'node:stream'

/**
 * A connection below TLS whose end is held back: TLS above it ends only if its peer has said so (close_notify).
 * Node.js itself reports that and the end of the connection in the same way, so that nobody could tell a
 * complete file from one that was cut off.
 */
export class HeldEnd extends Duplex {
  readonly #raw: Socket
  /** Called once the connection has ended and all its bytes have been read, if TLS has not ended by then. */
  readonly #onCut: () => void
  #hasEnded = false

  /** @param raw is taken over; nothing may have been read from it */
  constructor(raw: Socket, onCut: () => void) {
    super({ allowHalfOpen: true })
    this.#raw = raw
    this.#onCut = onCut
    raw.on('data', (chunk: Buffer) => this.push(chunk) || raw.pause())
    raw.on('end', () => this.#end())
    raw.on('error', (error) => this.destroy(error))
    raw.on('close', () => this.destroy())
    raw.pause()
  }

  override _read(): void {
    this.#raw.resume()
    if (this.#hasEnded) this.#end()
  }

  override _write(chunk: Buffer, _: BufferEncoding, done: (error?: Error | null) => void): void {
    this.#raw.write(chunk, done)
  }

  override _final(done: () => void): void {
    this.#raw.end(done)
  }

  override _destroy(error: Error | null, done: (error: Error | null) => void): void {
    this.#raw.destroy()
    done(error)
  }

  #end(): void {
    this.#hasEnded = true
    // TLS reads everything before it asks for more, and then its own end has been seen.
    if (this.readableLength === 0) setImmediate(() => this.#onCut())
  }
}
