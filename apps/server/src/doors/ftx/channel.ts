import type { Duplex } from 'node:stream'
import { Block, type BlockPool } from '@ftp/md5'
import { encodeHeader, type Frame, FrameDecoder, type FrameLimits, TransferError } from '@ftp/protocol'
import { Throttle } from '../../guards/throttle.ts'
import { turn } from '../../guards/turns.ts'
import type { RateLimit } from '../../share/rates.ts'
import { readInto } from './read-into.ts'

const EMPTY = new Uint8Array(0)
/** How many bytes may wait for the socket before its user does. */
const UNSENT = 262_144
/** Payloads of up to so many bytes leave with the frames around them: copied, which costs less than a write of their own. */
const TOGETHER = 65_536

/** Who is told what becomes of a channel. */
export interface ChannelListener {
  /** Called for each frame in turn, whose payload is the listener's; what it throws goes to `onBroken`. */
  readonly onFrame: (frame: Frame) => void
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
  readonly #blocks: BlockPool
  readonly #decoder: FrameDecoder
  readonly #waiting: (() => void)[] = []
  readonly #throttle = new Throttle()
  readonly #onBytes: () => void
  /** What is being sent slice by slice, and all that has to stay behind it. */
  #slow: Promise<void> | undefined
  #paused = false
  #resting = 0
  /** Whether it does not read because there is no block for what comes. */
  #isStarved = false
  readonly #closed = new AbortController()

  /** @param blocks where payloads go */
  constructor(socket: Duplex, blocks: BlockPool, listener: ChannelListener) {
    const { onFrame, onBroken, onClose, onBytes = () => {} } = listener
    this.#socket = socket
    this.#blocks = blocks
    this.#decoder = new FrameDecoder(undefined, (length) => blocks.tryTake(length))
    this.#onBytes = onBytes
    let isBroken = false
    const receive = (frames: Iterable<Frame>): void => {
      if (isBroken) return
      try {
        const before = this.#decoder.payloadBytes
        for (const frame of frames) onFrame(frame)
        onBytes()
        this.#rest(this.#decoder.payloadBytes - before)
        if (!this.#isStarved && this.#decoder.wanted !== undefined) void this.#feed(receive)
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
      this.#closed.abort()
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

  /** Whether it does not read because of its limit, or for want of memory. */
  get rests(): boolean {
    return this.#resting > 0 || this.#isStarved
  }

  /**
   * Sends one frame. Resolves when the socket takes more; rejects with `lost` when it is closed.
   * @param payload is taken over, and given back when it has been written
   */
  async send(header: object, payload: Block = new Block(EMPTY)): Promise<void> {
    const socket = this.#socket
    using block = payload.move()
    const { length } = block
    if (length > UNSENT) await turn()
    if (!socket.writable) throw new TransferError('lost', 'the connection is closed')
    const isLimited = this.#throttle.limit !== undefined && length > 0
    if (isLimited || this.#slow !== undefined) return await this.#sendSlowly(header, block)
    // Replies that are ready together leave together, and before this thread does anything else.
    if (socket.writableCorked === 0) {
      socket.cork()
      process.nextTick(() => socket.uncork())
    }
    socket.write(encodeHeader(header, length))
    if (length > TOGETHER) while (socket.writableCorked > 0) socket.uncork()
    if (length > 0) this.#writeBlock(block)
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
    this.#flow()
  }

  /** Reads on, unless there is another reason not to. */
  #flow(): void {
    if (!this.#paused && this.#resting === 0 && !this.#isStarved) this.#socket.resume()
  }

  /** Reads no more until there is a block for the payload that has been announced. */
  async #feed(receive: (frames: Iterable<Frame>) => void): Promise<void> {
    const { signal } = this.#closed
    this.#isStarved = true
    this.#socket.pause()
    try {
      for (let { wanted } = this.#decoder; wanted !== undefined; { wanted } = this.#decoder) {
        using block = await this.#blocks.take({ length: wanted, signal })
        signal.throwIfAborted()
        receive(this.#decoder.supply(block))
      }
    } catch {
      // The socket is gone: nobody wants it any more.
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

  /** Sends a frame behind those that are being sent, its payload slice by slice. */
  async #sendSlowly(header: object, payload: Block): Promise<void> {
    using block = payload.move()
    const before = this.#slow
    const { promise, resolve } = Promise.withResolvers<void>()
    this.#slow = promise
    await before
    try {
      await this.#sendSlices(encodeHeader(header, block.length), block)
    } finally {
      if (this.#slow === promise) this.#slow = undefined
      resolve()
    }
  }

  async #sendSlices(head: Uint8Array, payload: Block): Promise<void> {
    const socket = this.#socket
    const block = payload.move()
    let written = Promise.resolve()
    try {
      if (socket.writable) socket.write(head)
      const { bytes } = block
      for (let at = 0; at < bytes.length && socket.writable; ) {
        const slice = bytes.subarray(at, at + (this.#throttle.limit?.slice ?? UNSENT))
        await this.#throttle.take(slice.length)
        at += slice.length
        if (!socket.writable) break
        written = this.#write(slice)
        if (socket.writableLength > UNSENT) await this.#drained()
      }
      if (!socket.writable) throw new TransferError('lost', 'the connection is closed')
    } finally {
      // Also after a failure the socket may still be sending a slice.
      void written.then(() => block[Symbol.dispose]())
    }
  }

  #writeBlock(payload: Block): void {
    const block = payload.move()
    this.#socket.write(block.bytes, () => block[Symbol.dispose]())
  }

  /** Resolves when the socket needs the bytes no more, whatever became of them. */
  #write(bytes: Uint8Array): Promise<void> {
    return new Promise((resolve) => this.#socket.write(bytes, () => resolve()))
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
