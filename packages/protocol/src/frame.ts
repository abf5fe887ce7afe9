import { Block } from '@ftp/md5/block'
import { TransferError } from './errors.ts'
import { parseHeader } from './json.ts'
import { LIMITS } from './limits.ts'

/** One unit on the wire: a JSON header, and as many bytes of payload as its `size` announces. */
export interface Frame {
  readonly header: object
  /** Belongs to the receiver of the frame. */
  readonly payload: Block
}

/** The limits of a {@link FrameDecoder}. The conversation raises them after the login is accepted. */
export interface FrameLimits {
  readonly header: number
  readonly payload: number
}

/** Reads directly from a socket, without the buffer and the copy that each `data` event costs. */
export interface Incoming {
  /** The memory for the next bytes. */
  readonly destination: () => Uint8Array
  /** Called after `count` bytes have been written to the start of that memory. */
  readonly took: (count: number) => void
}

const PREFIX = 4
const EMPTY = new Uint8Array(0)
const NONE: readonly Frame[] = []
/**
 * Shared by all decoders of this thread for bytes that cannot go directly into a block; they are consumed at
 * once.
 */
const landing = new Uint8Array(65_536)

/**
 * Encodes the part of a frame before its payload: the length of the header (unsigned 32-bit little-endian),
 * and the header. A payload is announced by its length, in `size`; the caller sends its bytes immediately
 * after this.
 */
export function encodeHeader(header: object, payloadLength = 0): Uint8Array {
  const json = JSON.stringify(payloadLength === 0 ? header : { ...header, size: payloadLength })
  const length = Buffer.byteLength(json)
  const bytes = Buffer.allocUnsafe(PREFIX + length)
  bytes.writeUInt32LE(length)
  bytes.write(json, PREFIX)
  return bytes
}

/** Encodes a whole frame, with a copy of the payload. */
export function encodeFrame(header: object, payload: Uint8Array = EMPTY): Uint8Array {
  const head = encodeHeader(header, payload.length)
  const bytes = new Uint8Array(head.length + payload.length)
  bytes.set(head)
  bytes.set(payload, head.length)
  return bytes
}

/** Provides memory for a payload; undefined if there is none at present. */
export type TakeMemory = (length: number) => Block | undefined

function ordinary(length: number): Block {
  return new Block(Buffer.allocUnsafe(length))
}

/**
 * Divides a byte stream, in chunks of any size, into frames. Checks the limits on the 4-byte prefix and on
 * `size` before allocating memory. If a decoder has thrown, discard it together with its connection.
 */
export class FrameDecoder {
  limits: FrameLimits
  readonly #take: TakeMemory
  #part: 'prefix' | 'header' | 'payload' = 'prefix'
  /** The length of the present part in bytes. */
  #length = PREFIX
  /** Where the part is assembled. A part that arrives in one piece and is only parsed does not need this. */
  #buffer: Uint8Array = EMPTY
  #filled = 0
  #header: object = {}
  /** Owns the buffer of a payload. Undefined if there is no memory for it. */
  #payload: Block | undefined
  /** Receives the present payload instead of the memory. */
  #divert: ((bytes: Uint8Array, at: number) => void) | undefined
  #headerLength = 0
  /** Bytes that have arrived while a payload had no memory, or while the decoder was held. */
  #held: Uint8Array[] = []
  #isHeld = false
  #taken = 0
  #destination: Uint8Array = EMPTY

  /** @param take by default, provides ordinary memory without a limit */
  constructor(
    limits: FrameLimits = { header: LIMITS.headerBeforeLogin, payload: 0 },
    take: TakeMemory = ordinary,
  ) {
    this.limits = limits
    this.#take = take
  }

  /** Whether the decoder is between two frames: only then may the stream end. */
  get idle(): boolean {
    return this.#part === 'prefix' && this.#filled === 0
  }

  /** The number of payload bytes that have arrived. */
  get payloadBytes(): number {
    return this.#taken
  }

  /** The number of bytes in the header of the most recent frame. */
  get headerLength(): number {
    return this.#headerLength
  }

  /** The memory of a large payload that has begun to arrive but is incomplete; undefined if there is none. */
  get arriving(): Block | undefined {
    return this.#isBlock() ? this.#payload : undefined
  }

  /**
   * The length of a payload that needs memory before anything else can be read: either it has been announced,
   * or it was {@link divert}ed and is complete. Undefined if there is none.
   */
  get wanted(): number | undefined {
    const isWanted = this.#divert === undefined || this.#filled === this.#length
    return this.#part === 'payload' && this.#payload === undefined && isWanted ? this.#length : undefined
  }

  /**
   * Diverts the payload that is {@link arriving}: passes to `put` the bytes that have arrived and, as they
   * arrive, the remaining ones, and releases its memory, so that {@link destination} changes. When the
   * payload is complete, it is {@link wanted}: put all of its bytes back into the memory that you then
   * supply.
   */
  divert(put: (bytes: Uint8Array, at: number) => void): void {
    if (!this.#isBlock()) return
    put(this.#buffer.subarray(0, this.#filled), 0)
    this.#divert = put
    this.#payload?.[Symbol.dispose]()
    this.#payload = undefined
    this.#buffer = EMPTY
  }

  /** Whether incoming bytes are kept without being decoded. */
  get isHeld(): boolean {
    return this.#isHeld
  }

  /**
   * Stops decoding until {@link release}, even within the present chunk, because the meaning of the bytes may
   * not be known yet.
   */
  hold(): void {
    this.#isHeld = true
  }

  /**
   * Ends a {@link hold}, and yields the frames that have become complete meanwhile.
   * @throws TransferError `protocol`
   */
  *release(): Generator<Frame> {
    this.#isHeld = false
    yield* this.#decodeHeld()
  }

  /** Discards an incomplete frame, because the stream has ended. */
  discard(): void {
    this.#held = []
    this.#expect('prefix', PREFIX)
  }

  /**
   * Takes over memory for the payload that is {@link wanted}, and yields the frames that are complete now.
   * Before this call, all incoming bytes are only kept, so stop reading.
   * @throws TransferError `protocol`
   */
  *supply(memory: Block): Generator<Frame> {
    this.#payload = memory.move()
    this.#buffer = this.#payload.bytes
    this.#divert = undefined
    const frame = this.#filled === this.#length ? this.#advance(this.#buffer) : undefined
    if (frame !== undefined) yield frame
    yield* this.#decodeHeld()
  }

  *#decodeHeld(): Generator<Frame> {
    for (const held of this.#held.splice(0)) yield* this.push(held)
  }

  /**
   * Yields the frames that `chunk` completes. Limits may be changed between two frames of one chunk.
   * @throws TransferError `protocol`
   */
  *push(chunk: Uint8Array): Generator<Frame> {
    let at = 0
    while (at < chunk.length) {
      if (this.#isHeld || this.wanted !== undefined) {
        this.#held.push(new Uint8Array(chunk.subarray(at)))
        return
      }
      const piece = chunk.subarray(at, at + this.#length - this.#filled)
      at += piece.length
      const bytes = this.#put(piece)
      const frame = bytes && this.#advance(bytes)
      if (frame !== undefined) yield frame
    }
  }

  /**
   * The memory for the next bytes from the socket. The bytes of a block go directly to the place where they
   * will be hashed and written, so they are never copied. After writing them, call {@link took} before
   * anything else happens in this thread.
   */
  get destination(): Uint8Array {
    this.#destination = this.#isBlock() ? this.#buffer.subarray(this.#filled) : landing
    return this.#destination
  }

  /**
   * The frames that are complete after `count` bytes have been written to the start of {@link destination}.
   * Iterate over them once, at once.
   * @throws TransferError `protocol`
   */
  took(count: number): Iterable<Frame> {
    if (this.#destination === landing) return this.push(landing.subarray(0, count))
    this.#filled += count
    this.#taken += count
    // A block arrives in dozens of pieces, so this path must not even make a generator.
    if (this.#filled < this.#length) return NONE
    const frame = this.#advance(this.#buffer)
    return frame === undefined ? NONE : [frame]
  }

  /** @returns the part, if `piece` completes it */
  #put(piece: Uint8Array): Uint8Array | undefined {
    if (this.#part === 'payload') this.#taken += piece.length
    if (this.#divert !== undefined) {
      this.#divert(piece, this.#filled)
      this.#filled += piece.length
      return undefined
    }
    // A payload must be copied, because it outlives the chunk in which it arrived.
    if (piece.length === this.#length && this.#part !== 'payload') return piece
    if (this.#filled === 0 && this.#part !== 'payload') this.#buffer = Buffer.allocUnsafe(this.#length)
    this.#buffer.set(piece, this.#filled)
    this.#filled += piece.length
    return this.#filled === this.#length ? this.#buffer : undefined
  }

  #advance(bytes: Uint8Array): Frame | undefined {
    if (this.#part === 'prefix') {
      const length = new DataView(bytes.buffer, bytes.byteOffset).getUint32(0, true)
      if (length === 0 || length > this.limits.header) {
        throw new TransferError(
          'protocol',
          `a frame header of ${length} bytes: 1 to ${this.limits.header} are allowed`,
        )
      }
      this.#expect('header', length)
      return undefined
    }
    if (this.#part === 'header') {
      this.#header = parseHeader(bytes)
      this.#headerLength = bytes.length
      const size = payloadSize(this.#header, this.limits.payload)
      if (size > 0) {
        this.#expect('payload', size)
        return undefined
      }
    }
    const frame = { header: this.#header, payload: this.#payload?.move() ?? new Block(EMPTY) }
    this.#expect('prefix', PREFIX)
    return frame
  }

  #isBlock(): boolean {
    return this.#payload !== undefined && this.#length > landing.length
  }

  #expect(part: 'prefix' | 'header' | 'payload', length: number): void {
    this.#part = part
    this.#length = length
    this.#divert = undefined
    this.#payload?.[Symbol.dispose]()
    // Whatever length is announced, pages of the memory are used only as bytes arrive.
    this.#payload = part === 'payload' ? this.#take(length) : undefined
    this.#buffer = this.#payload?.bytes ?? EMPTY
    this.#filled = 0
  }
}

function payloadSize(header: object, limit: number): number {
  const size: unknown = 'size' in header ? header.size : 0
  if (typeof size !== 'number' || !Number.isSafeInteger(size) || size < 0 || size > limit) {
    throw new TransferError('protocol', `a frame payload of ${String(size)} bytes: 0 to ${limit} are allowed`)
  }
  return size
}
