import type { Writable } from 'node:stream'
import { Block } from '@ftp/md5/block'
import { encodeHeader, type TransferError } from '@ftp/protocol'
import type { RateLimit } from './rate-limit.ts'

const EMPTY = new Uint8Array(0)
/** Payloads up to this size are written together with the frames around them. */
const COALESCE_BYTES = 262_144
/** Writes frames to a socket, in order. */
export class FrameWriter {
  readonly #socket: Writable
  readonly #limit: RateLimit | undefined
  readonly #waiting: (() => void)[] = []
  readonly #ended = new AbortController()
  /** Resolves when a limited connection has written everything it was given. Never rejects. */
  #writing = Promise.resolve()
  #spoke = performance.now()
  #failure: TransferError | undefined

  /** @param limit undefined for no limit */
  constructor(socket: Writable, limit: RateLimit | undefined) {
    this.#socket = socket
    this.#limit = limit
    socket.on('drain', () => this.#wake())
  }

  /** Milliseconds since the last frame was sent. */
  get silence(): number {
    return performance.now() - this.#spoke
  }

  /**
   * Sends a frame. Resolves when the socket can take more.
   * @param payload is taken over, and returned when it has been written
   * @throws TransferError the failure that was passed to {@link fail}
   */
  async send(header: object, payload: Block = new Block(EMPTY)): Promise<void> {
    using block = payload.move()
    if (this.#failure !== undefined) throw this.#failure
    this.#spoke = performance.now()
    if (this.#limit !== undefined) await this.#sendSlowly(this.#limit, header, block)
    else if (!this.#write(header, block)) await this.#drained()
    if (this.#failure !== undefined) throw this.#failure
  }

  /** Ends every wait, because the socket is gone. Each fails with this failure. */
  fail(failure: TransferError): void {
    this.#failure = failure
    this.#ended.abort()
    this.#wake()
  }

  #write(header: object, payload: Block): boolean {
    const block = payload.move()
    const { bytes } = block
    const socket = this.#socket
    // Frames sent in one turn of the event loop leave in one write: for a small frame, a write of its own
    // costs more than everything else.
    if (socket.writableCorked === 0) {
      socket.cork()
      setImmediate(() => socket.uncork())
    }
    const flowing = socket.write(encodeHeader(header, bytes.length))
    if (bytes.length === 0) return flowing
    // A large block is written at once, so that it is not copied behind its header.
    if (bytes.length > COALESCE_BYTES) while (socket.writableCorked > 0) socket.uncork()
    return socket.write(bytes, () => block[Symbol.dispose]())
  }

  /** Frames keep their order, however long the payloads before them take. */
  async #sendSlowly(limit: RateLimit, header: object, payload: Block): Promise<void> {
    const block = payload.move()
    this.#writing = this.#writing.then(async () => {
      using held = block.move()
      const { bytes } = held
      const { slice } = limit
      if (bytes.length <= slice) {
        await this.#rest(limit, bytes.length)
        if (this.#failure === undefined && !this.#write(header, held)) await this.#drained()
        return
      }
      if (this.#failure === undefined) this.#socket.write(encodeHeader(header, bytes.length))
      for (let start = 0; start < bytes.length; start += slice) {
        const piece = bytes.subarray(start, start + slice)
        await this.#rest(limit, piece.length)
        // On failure the socket has already been destroyed, and never writes again.
        if (this.#failure !== undefined) return
        if (!this.#socket.write(piece)) await this.#drained()
      }
      const written = held.move()
      this.#socket.write('', () => written[Symbol.dispose]())
    })
    await this.#writing
  }

  /** Waits until the limit allows this many more bytes. */
  async #rest(limit: RateLimit, bytes: number): Promise<void> {
    const wait = limit.take(bytes)
    if (wait > 0) await limit.clock.sleep(wait, this.#ended.signal)
  }

  async #drained(): Promise<void> {
    await new Promise<void>((resolve) => this.#waiting.push(resolve))
  }

  #wake(): void {
    for (const resolve of this.#waiting.splice(0)) resolve()
  }
}
