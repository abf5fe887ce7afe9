import type { Duplex } from 'node:stream'
import { encodeHeader, type Frame, FrameDecoder, type FrameLimits, TransferError } from '@ftp/protocol'
import { Throttle } from '../../guards/throttle.ts'
import { turn } from '../../guards/turns.ts'
import type { RateLimit } from '../../share/rates.ts'
import { readInto } from './read-into.ts'

/** How many bytes may wait for the socket before its user does. */
const UNSENT = 262_144
/** Payloads of up to so many bytes leave with the frames around them: copied, which costs less than a write of their own. */
const TOGETHER = 65_536

/** Frames in and out of one socket. The owner reads with `onFrame` and stops the flow with `pause`. */
export class Channel {
  readonly #socket: Duplex
  readonly #decoder = new FrameDecoder()
  readonly #waiting: (() => void)[] = []
  readonly #throttle = new Throttle()
  readonly #onBytes: () => void
  /** What is being sent slice by slice, and all that has to stay behind it. */
  #slow: Promise<void> | undefined
  #paused = false
  #resting = 0

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
    this.#onBytes = onBytes
    let isBroken = false
    const receive = (frames: Iterable<Frame>): void => {
      if (isBroken) return
      try {
        const before = this.#decoder.payloadBytes
        for (const frame of frames) onFrame(frame)
        onBytes()
        this.#rest(this.#decoder.payloadBytes - before)
      } catch (error) {
        isBroken = true
        onBroken(error)
      }
    }
    const room = (): Uint8Array => this.#decoder.room
    if (readInto(socket, { room, took: (count) => receive(this.#decoder.took(count)) })) socket.resume()
    else socket.on('data', (chunk: Buffer) => receive(this.#decoder.push(chunk)))
    // An error is always followed by close, which is all that matters here: the client resumes.
    socket.on('error', () => {})
    socket.on('drain', () => this.wake())
    socket.on('end', () => socket.end())
    socket.on('close', () => {
      this.#decoder.discard()
      this.#throttle.close()
      this.wake()
      onClose()
    })
  }

  set limits(limits: FrameLimits) {
    this.#decoder.limits = limits
  }

  /** How fast payloads may move from now on; undefined for as fast as they can. */
  set limit(limit: RateLimit | undefined) {
    this.#throttle.limit = limit
  }

  /** Whether the other side owes something: the rest of a frame that it has begun, or to read what it asked for. */
  get owed(): boolean {
    return !this.#decoder.idle || this.#socket.writableNeedDrain
  }

  /** Whether it does not read because of its limit. */
  get rests(): boolean {
    return this.#resting > 0
  }

  /**
   * Sends one frame. Resolves when the socket takes more; rejects with `lost` when it is closed.
   * @param sent called when nothing needs the payload any more, whatever became of it
   */
  async send(header: object, payload?: Uint8Array, sent: () => void = () => {}): Promise<void> {
    const socket = this.#socket
    if (payload !== undefined && payload.length > UNSENT) await turn()
    if (!socket.writable) {
      sent()
      throw new TransferError('lost', 'the connection is closed')
    }
    const isLimited = this.#throttle.limit !== undefined && payload !== undefined && payload.length > 0
    if (isLimited || this.#slow !== undefined) return await this.#sendSlowly(header, payload, sent)
    // Replies that are ready together leave together, and before this thread does anything else.
    if (socket.writableCorked === 0) {
      socket.cork()
      process.nextTick(() => socket.uncork())
    }
    socket.write(encodeHeader(header, payload?.length))
    if (payload === undefined || payload.length === 0) sent()
    else {
      if (payload.length > TOGETHER) while (socket.writableCorked > 0) socket.uncork()
      socket.write(payload, sent)
    }
    if (socket.writableLength > UNSENT) await this.#drained()
  }

  /** Ends after what has been sent, reading on for a moment so that no reset overtakes it. */
  end(): void {
    if (this.#slow === undefined) this.#socket.end()
    else void this.#slow.then(() => this.#socket.end())
    setTimeout(() => this.#socket.destroy(), 2_000).unref()
  }

  destroy(): void {
    this.#socket.destroy()
  }

  pause(): void {
    this.#paused = true
    this.#socket.pause()
  }

  resume(): void {
    this.#paused = false
    if (this.#resting === 0) this.#socket.resume()
  }

  /** Reads no more until the bytes of files that have come may have come. */
  #rest(bytes: number): void {
    const wait = bytes === 0 ? undefined : this.#throttle.take(bytes, this.#onBytes)
    if (wait === undefined) return
    this.#resting++
    this.#socket.pause()
    // What TLS had decrypted already still comes, and has a wait of its own.
    void wait.then(() => {
      this.#resting--
      if (!this.#paused && this.#resting === 0) this.#socket.resume()
    })
  }

  /** Sends a frame behind those that are being sent, its payload slice by slice. */
  async #sendSlowly(
    header: object,
    payload: Uint8Array = new Uint8Array(0),
    sent: () => void,
  ): Promise<void> {
    const before = this.#slow
    const { promise, resolve } = Promise.withResolvers<void>()
    this.#slow = promise
    await before
    try {
      await this.#sendSlices(encodeHeader(header, payload.length), payload, sent)
    } finally {
      if (this.#slow === promise) this.#slow = undefined
      resolve()
    }
  }

  async #sendSlices(head: Uint8Array, payload: Uint8Array, sent: () => void): Promise<void> {
    const socket = this.#socket
    let isSent = false
    try {
      if (socket.writable) socket.write(head)
      for (let at = 0; at < payload.length && socket.writable; ) {
        const slice = payload.subarray(at, at + (this.#throttle.limit?.slice ?? UNSENT))
        await this.#throttle.take(slice.length)
        at += slice.length
        if (!socket.writable) break
        isSent = at === payload.length
        socket.write(slice, isSent ? sent : undefined)
        if (socket.writableLength > UNSENT) await this.#drained()
      }
      if (!socket.writable) throw new TransferError('lost', 'the connection is closed')
    } finally {
      if (!isSent) sent()
    }
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
