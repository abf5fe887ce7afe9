import type { Duplex } from 'node:stream'
import type { Block, Blocks } from '@ftp/md5'
import { type Frame, FrameDecoder, type FrameLimits } from '@ftp/protocol'
import type { Slot, Spool } from '../../guards/spool.ts'
import { Throttle } from '../../guards/throttle.ts'
import type { RateLimit } from '../../share/rates.ts'
import { HOLD_MS, Outgoing } from './outgoing.ts'
import type { Payload } from './payload.ts'
import { readInto } from './read-into.ts'

/** Receives what arrives on a channel, and hears of its end. */
export interface ChannelListener {
  /**
   * Called for each frame in turn, whose payload is the listener's; what it throws goes to `onBroken`. If it returns a
   * promise, nothing behind the frame is decoded until that resolves: limits may depend on it.
   */
  readonly onFrame: (frame: Frame) => Promise<void> | undefined
  /** Called once at most, when what arrives are not frames. */
  readonly onBroken: (error: unknown) => void
  /** Called once, when the socket is gone. */
  readonly onClose: () => void
  /** Called for each chunk that has arrived, after its frames. */
  readonly onBytes?: () => void
}

/** Frames in and out of one socket. The owner reads with `onFrame` and stops the flow with `pause`. */
export class Channel {
  readonly #socket: Duplex
  /** Where large payloads go. */
  blocks: Blocks
  readonly #decoder: FrameDecoder
  readonly #outgoing: Outgoing
  readonly #throttle = new Throttle()
  readonly #onBytes: () => void
  #paused = false
  #resting = 0
  /** Has the socket look again where bytes go. */
  readonly #renew: (() => void) | undefined
  /** What is arriving, and since when. */
  #arriving: Block | undefined
  #since = 0
  /** Where what arrives slowly waits for its rest. */
  #slot: Slot | undefined
  /** Whether it does not read because there is no block for what comes. */
  #isStarved = false
  readonly #closed = new AbortController()

  constructor(socket: Duplex, blocks: Blocks, listener: ChannelListener) {
    const { onFrame, onBroken, onClose, onBytes = () => {} } = listener
    this.#socket = socket
    this.#outgoing = new Outgoing(socket, this.#throttle)
    this.blocks = blocks
    this.#decoder = new FrameDecoder(undefined, (length) => this.blocks.tryTake(length))
    this.#onBytes = onBytes
    let isBroken = false
    const broken = (error: unknown): void => {
      isBroken = true
      onBroken(error)
    }
    const receive = (frames: Iterable<Frame>): void => {
      if (isBroken) return
      try {
        const before = this.#decoder.payloadBytes
        for (const frame of frames) {
          const answered = onFrame(frame)
          if (answered !== undefined)
            this.#holdUntil(answered.then(() => receive(this.#decoder.release()), broken))
        }
        onBytes()
        this.#rest(this.#decoder.payloadBytes - before)
        this.#note()
        if (!this.#isStarved && this.#decoder.wanted !== undefined) void this.#feed(receive)
      } catch (error) {
        broken(error)
      }
    }
    const destination = (): Uint8Array => this.#decoder.destination
    const renew = readInto(socket, { destination, took: (count) => receive(this.#decoder.took(count)) })
    this.#renew = renew
    if (renew !== undefined) socket.resume()
    else socket.on('data', (chunk: Buffer) => receive(this.#decoder.push(chunk)))
    // An error is always followed by close, which is all that matters here: the client resumes.
    socket.on('error', () => {})
    socket.on('end', () => socket.end())
    socket.on('close', () => {
      this.#closed.abort()
      this.#decoder.discard()
      this.#slot?.[Symbol.dispose]()
      this.#throttle.close()
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

  /** Bytes in the header of the frame that came last. */
  get headerLength(): number {
    return this.#decoder.headerLength
  }

  /** Whether its peer has enough to read before anything more is worth being said. */
  get isFull(): boolean {
    return this.#outgoing.isFull
  }

  /** Whether the other side owes something: the rest of a frame that it has begun, or to read what it asked for. */
  get owed(): boolean {
    return !this.#decoder.idle || this.#socket.writableLength > 0
  }

  /** Whether it does not read because of its limit, or for want of memory. */
  get rests(): boolean {
    return this.#resting > 0 || this.#isStarved
  }

  /**
   * Sends one frame. Resolves when the socket takes more; rejects with `lost` when it is closed.
   * @param payload is taken over, and disposed of
   */
  async send(header: object, payload?: Uint8Array | Payload): Promise<void> {
    await this.#outgoing.send(header, payload)
  }

  /** Ends after what has been sent, reading on for a moment so that no reset overtakes it. */
  end(): void {
    this.#outgoing.end()
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
    this.#flow()
  }

  /** Reads on, unless there is another reason not to. */
  #flow(): void {
    if (!this.#paused && this.#resting === 0 && !this.#isStarved && !this.#decoder.isHeld)
      this.#socket.resume()
  }

  /** Reads no more until the frames behind the last one may be decoded. */
  #holdUntil(decoded: Promise<void>): void {
    this.#decoder.hold()
    this.#socket.pause()
    void decoded.then(() => this.#flow())
  }

  /**
   * Others want memory: gives back the block that is arriving, if it has been arriving for a while. What has come of it waits on
   * the disk for the rest.
   */
  yieldMemory(spool: Spool): void {
    if (this.#arriving === undefined || performance.now() - this.#since < HOLD_MS) return
    try {
      using slot = new DisposableStack()
      const place = slot.use(spool.slot())
      this.#decoder.divert((bytes, at) => place.write(bytes, at))
      this.#slot = place
      slot.move()
      this.#renew?.()
      this.#arriving = undefined
    } catch {
      // It keeps its memory where the disk has none.
    }
  }

  /** Notes since when the block that is arriving has been. */
  #note(): void {
    const { arriving } = this.#decoder
    if (arriving === this.#arriving) return
    this.#arriving = arriving
    this.#since = performance.now()
  }

  /** Reads no more until there is a block for the payload that has been announced. */
  async #feed(receive: (frames: Iterable<Frame>) => void): Promise<void> {
    const { signal } = this.#closed
    this.#isStarved = true
    this.#socket.pause()
    try {
      for (let { wanted } = this.#decoder; wanted !== undefined; { wanted } = this.#decoder) {
        using block = await this.blocks.take({ length: wanted, signal })
        signal.throwIfAborted()
        this.#slot?.read(block.bytes)
        this.#slot?.[Symbol.dispose]()
        this.#slot = undefined
        receive(this.#decoder.supply(block))
      }
    } catch {
      // Nobody wants it any more, or the disk has lost it: its client begins again where it has been acknowledged.
      this.#socket.destroy()
    } finally {
      this.#isStarved = false
      this.#flow()
    }
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
      this.#flow()
    })
  }

  /** Lets everybody who waits for the socket look again. */
  wake(): void {
    this.#outgoing.wake()
  }
}
