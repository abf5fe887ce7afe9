import type { Duplex } from 'node:stream'
import type { Block, Blocks } from '@ftp/md5'
import { type Frame, FrameDecoder, type FrameLimits } from '@ftp/protocol'
import type { Slot, Spool } from '../../guards/spool.ts'
import { Throttle } from '../../guards/throttle.ts'
import type { RateLimit } from '../../share/rates.ts'
import { HOLD_MS, Outgoing } from '../sending/outgoing.ts'
import type { Payload } from '../sending/payload.ts'
import { readInto } from './read-into.ts'

/** How often a client hears that the server has no memory yet for what it sends, in milliseconds. */
const ALIVE_MS = 1_000

/** Receives the frames of a channel, and learns of the channel's end. */
export interface ChannelListener {
  /**
   * Called for each frame in turn; the listener owns the payload. An error that it throws goes to `onBroken`.
   * If it returns a promise, later frames are not decoded until the promise resolves, because limits may
   * depend on it.
   */
  readonly onFrame: (frame: Frame) => Promise<void> | undefined
  /** Called at most once, if the incoming bytes are not valid frames. */
  readonly onBroken: (error: unknown) => void
  /** Called once, when the socket is closed. */
  readonly onClose: () => void
  /** Called for each chunk that has arrived, after its frames, and regularly while reading waits for memory. */
  readonly onBytes?: () => void
}

/**
 * Sends and receives frames on one socket. The owner receives them in `onFrame` and stops the flow with
 * `pause`.
 */
export class Channel {
  readonly #socket: Duplex
  /** Provides the memory for large payloads. */
  blocks: Blocks
  readonly #decoder: FrameDecoder
  readonly #outgoing: Outgoing
  readonly #throttle = new Throttle()
  readonly #onBytes: () => void
  #paused = false
  #resting = 0
  /** Makes the socket ask again for the memory to read into. */
  readonly #renew: (() => void) | undefined
  /**
   * The block that is being filled, and the time since which it has been, in milliseconds of
   * `performance.now()`.
   */
  #arriving: Block | undefined
  #since = 0
  /** Holds a payload that arrives slowly until the rest of it has come. */
  #slot: Slot | undefined
  /** Whether reading has stopped because there is no block for the next payload. */
  #isStarved = false
  readonly #closed = new AbortController()
  /** The number of file bytes that have been taken from the rate limit. */
  #counted = 0

  constructor(socket: Duplex, blocks: Blocks, listener: ChannelListener) {
    const { onFrame, onBroken, onClose, onBytes = () => {} } = listener
    this.#socket = socket
    this.#outgoing = new Outgoing(socket, { throttle: this.#throttle, owner: () => this.blocks.owner })
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
        for (const frame of frames) {
          const answered = onFrame(frame)
          if (answered !== undefined)
            this.#holdUntil(answered.then(() => receive(this.#decoder.release()), broken))
        }
        onBytes()
        this.#rest()
        this.#note()
        if (!this.#isStarved && this.#decoder.wanted !== undefined) void this.#feed(receive)
      } catch (error) {
        broken(error)
      }
    }
    const destination = (): Uint8Array => this.#decoder.destination
    const renew = readInto(socket, { destination, took: (count) => receive(this.#decoder.took(count)) })
    this.#renew = renew
    // Even if the socket reads into blocks, the bytes that were read before its door was known come here.
    socket.on('data', (chunk: Buffer) => {
      receive(this.#decoder.push(chunk))
      this.#renew?.()
    })
    // An error is always followed by `close`, which is all that matters here: the client resumes.
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

  /** The rate for payloads from now on; undefined for no limit. */
  set limit(limit: RateLimit | undefined) {
    this.#throttle.limit = limit
  }

  /** The number of bytes in the header of the most recent frame. */
  get headerLength(): number {
    return this.#decoder.headerLength
  }

  /** Whether the peer has so much left to read that nothing optional should be sent. */
  get isFull(): boolean {
    return this.#outgoing.isFull
  }

  /**
   * Whether the connection waits for the peer: to complete a frame that it has begun, or to read what it
   * asked for.
   */
  get owed(): boolean {
    return !this.#decoder.idle || this.#socket.writableLength > 0
  }

  /** Whether reading has stopped because of the rate limit or for lack of memory. */
  get rests(): boolean {
    return this.#resting > 0 || this.#isStarved
  }

  /**
   * Sends one frame. Resolves when the socket can take more; rejects with `lost` if the socket is closed.
   * @param payload is taken over and disposed of
   */
  async send(header: object, payload?: Uint8Array | Payload): Promise<void> {
    await this.#outgoing.send(header, payload)
  }

  /**
   * Ends the stream after everything that has been sent. Reading continues for a moment, so that no reset
   * overtakes the data.
   */
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

  /** Resumes reading unless another reason prevents it. */
  #flow(): void {
    if (!this.#paused && this.#resting === 0 && !this.#isStarved && !this.#decoder.isHeld)
      this.#socket.resume()
  }

  /** Stops reading until the frames after the latest one may be decoded. */
  #holdUntil(decoded: Promise<void>): void {
    this.#decoder.hold()
    this.#socket.pause()
    void decoded.then(() => this.#flow())
  }

  /**
   * Releases the block that is being filled, if that has taken a while, because other connections need
   * memory. The bytes that have arrived wait on the disk for the rest.
   */
  yieldMemory(spool: Spool): void {
    if (this.#arriving === undefined || performance.now() - this.#since < HOLD_MS) return
    try {
      using slot = new DisposableStack()
      const place = slot.use(spool.slot())
      let isDiverted = false
      this.#decoder.divert((bytes, at) => {
        try {
          place.write(bytes, at)
        } catch (error) {
          if (!isDiverted) throw error
          // The client resumes from the last acknowledged offset.
          this.#socket.destroy()
        }
      })
      isDiverted = true
      this.#slot = place
      slot.move()
      this.#renew?.()
      this.#arriving = undefined
    } catch {
      // If the disk has no space, the payload stays in memory.
    }
  }

  /** Records when the current block began to fill. */
  #note(): void {
    const { arriving } = this.#decoder
    if (arriving === this.#arriving) return
    this.#arriving = arriving
    this.#since = performance.now()
  }

  /** Stops reading until there is a block for the announced payload. */
  async #feed(receive: (frames: Iterable<Frame>) => void): Promise<void> {
    const { signal } = this.#closed
    this.#isStarved = true
    this.#socket.pause()
    const alive = setInterval(this.#onBytes, ALIVE_MS)
    try {
      for (let { wanted } = this.#decoder; wanted !== undefined; { wanted } = this.#decoder) {
        using block = await this.blocks.take({ length: wanted, signal })
        if (this.#socket.destroyed) return
        this.#slot?.read(block.bytes)
        this.#slot?.[Symbol.dispose]()
        this.#slot = undefined
        receive(this.#decoder.supply(block))
        this.#renew?.()
      }
    } catch {
      // The connection is closed, or the disk has lost the bytes. The client resumes from the last
      // acknowledged offset.
      this.#socket.destroy()
    } finally {
      clearInterval(alive)
      this.#isStarved = false
      this.#flow()
    }
  }

  /** Stops reading until the rate limit permits the file bytes that have arrived. */
  #rest(): void {
    const bytes = this.#decoder.payloadBytes - this.#counted
    this.#counted += bytes
    const wait = bytes === 0 ? undefined : this.#throttle.take(bytes, this.#onBytes)
    if (wait === undefined) return
    this.#resting++
    this.#socket.pause()
    // Bytes that TLS had already decrypted still arrive, and cause waits of their own.
    void wait.then(() => {
      this.#resting--
      this.#flow()
    })
  }

  /** Makes everything that waits for the socket check it again. */
  wake(): void {
    this.#outgoing.wake()
  }
}
