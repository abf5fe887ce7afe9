import type { Duplex } from 'node:stream'
import { encodeHeader, type Frame, FrameDecoder, type FrameLimits, TransferError } from '@ftp/protocol'

/** How many bytes may wait for the socket before its user does. */
const UNSENT = 262_144

/** Frames in and out of one socket. The owner reads with `onFrame` and stops the flow with `pause`. */
export class Channel {
  readonly #socket: Duplex
  readonly #decoder = new FrameDecoder()
  readonly #waiting: (() => void)[] = []

  /**
   * @param onFrame called for each frame in turn; what it throws goes to `onBroken`
   * @param onBroken called once at most, when what arrives are not frames
   * @param onClose called once, when the socket is gone
   * @param onBytes called for each chunk that has arrived, after its frames
   */
  constructor(
    socket: Duplex,
    onFrame: (frame: Frame) => void,
    onBroken: (error: unknown) => void,
    onClose: () => void,
    onBytes: () => void = () => {},
  ) {
    this.#socket = socket
    socket.on('data', (chunk: Buffer) => {
      try {
        for (const frame of this.#decoder.push(chunk)) onFrame(frame)
        onBytes()
      } catch (error) {
        socket.removeAllListeners('data').resume()
        onBroken(error)
      }
    })
    // An error is always followed by close, which is all that matters here: the client resumes.
    socket.on('error', () => {})
    socket.on('drain', () => this.wake())
    socket.on('end', () => socket.end())
    socket.on('close', () => {
      this.#decoder.discard()
      this.wake()
      onClose()
    })
  }

  set limits(limits: FrameLimits) {
    this.#decoder.limits = limits
  }

  /** Whether the other side owes something: the rest of a frame that it has begun, or to read what it asked for. */
  get owed(): boolean {
    return !this.#decoder.idle || this.#socket.writableNeedDrain
  }

  /**
   * Sends one frame. Resolves when the socket takes more; rejects with `lost` when it is closed.
   * @param sent called when nothing needs the payload any more, whatever became of it
   */
  async send(header: object, payload?: Uint8Array, sent: () => void = () => {}): Promise<void> {
    const socket = this.#socket
    if (!socket.writable) {
      sent()
      throw new TransferError('lost', 'the connection is closed')
    }
    // Replies to requests that came together leave together.
    if (socket.writableCorked === 0) {
      socket.cork()
      setImmediate(() => socket.uncork())
    }
    socket.write(encodeHeader(header, payload?.length))
    if (payload === undefined || payload.length === 0) sent()
    else {
      // A block waits for nothing, and is not to be copied behind its header.
      if (payload.length > UNSENT) while (socket.writableCorked > 0) socket.uncork()
      socket.write(payload, sent)
    }
    if (socket.writableLength > UNSENT) await this.#drained()
  }

  /** Ends after what has been sent, reading on for a moment so that no reset overtakes it. */
  end(): void {
    this.#socket.end()
    setTimeout(() => this.#socket.destroy(), 2_000).unref()
  }

  destroy(): void {
    this.#socket.destroy()
  }

  pause(): void {
    this.#socket.pause()
  }

  resume(): void {
    this.#socket.resume()
  }

  async #drained(): Promise<void> {
    await new Promise<void>((resolve) => this.#waiting.push(resolve))
    if (!this.#socket.writable) throw new TransferError('lost', 'the connection is closed')
  }

  /** Lets everybody who waits for the socket look again. */
  wake(): void {
    for (const resolve of this.#waiting.splice(0)) resolve()
  }
}
