import { Block } from '@ftp/md5/block'
import { TransferError } from './errors.ts'
import { parseHeader } from './json.ts'
import { LIMITS } from './limits.ts'

/** One unit on the wire: a JSON header and the bytes it announces in `size`. */
export interface Frame {
  readonly header: object
  /** Belongs to whoever takes the frame. */
  readonly payload: Block
}

/** What a {@link FrameDecoder} accepts; the conversation widens it once the login is accepted. */
export interface FrameLimits {
  readonly header: number
  readonly payload: number
}

/** Takes what arrives at a socket, without the buffer and the copy that each `data` event costs. */
export interface Incoming {
  /** Where the next bytes are to be written. */
  readonly destination: () => Uint8Array
  /** So many bytes now stand at the start of it. */
  readonly took: (count: number) => void
}

const PREFIX = 4
const EMPTY = new Uint8Array(0)
/**
 * Where all decoders of this thread have bytes written while no block is under way that these could go to directly: they
 * are taken out again at once.
 */
const landing = new Uint8Array(65_536)

/**
 * Encodes the part of a frame before its payload: header length (unsigned 32-bit little-endian) and header.
 * A payload is announced by adding its length as `size`; the caller sends its bytes right behind.
 */
export function encodeHeader(header: object, payloadLength = 0): Uint8Array {
  const json = JSON.stringify(payloadLength === 0 ? header : { ...header, size: payloadLength })
  const length = Buffer.byteLength(json)
  const bytes = Buffer.allocUnsafe(PREFIX + length)
  bytes.writeUInt32LE(length)
  bytes.write(json, PREFIX)
  return bytes
}

/** Encodes a whole frame, the payload copied behind the header. */
export function encodeFrame(header: object, payload: Uint8Array = EMPTY): Uint8Array {
  const head = encodeHeader(header, payload.length)
  const bytes = new Uint8Array(head.length + payload.length)
  bytes.set(head)
  bytes.set(payload, head.length)
  return bytes
}

/** Gives memory for a payload, or undefined while there is none. */
export type TakeMemory = (length: number) => Block | undefined

function ordinary(length: number): Block {
  return new Block(Buffer.allocUnsafe(length))
}

/**
 * Cuts a byte stream, split anywhere, into frames. Refuses on the 4-byte prefix and on `size`, before it
 * allocates. A decoder that has thrown must be discarded with its connection.
 */
export class FrameDecoder {
  limits: FrameLimits
  readonly #take: TakeMemory
  #part: 'prefix' | 'header' | 'payload' = 'prefix'
  /** Bytes that the part has. */
  #length = PREFIX
  /** Where they are put together: what comes in one piece and is only parsed needs no such place. */
  #buffer: Uint8Array = EMPTY
  #filled = 0
  #header: object = {}
  /** Owns the buffer of a payload. Undefined while there is no memory for it. */
  #payload: Block | undefined
  /** Where the payload goes that is under way, instead of into memory. */
  #divert: ((bytes: Uint8Array, at: number) => void) | undefined
  #headerLength = 0
  /** What came behind the header of a payload for which there is no memory yet, or while the decoder is held. */
  #held: Uint8Array[] = []
  #isHeld = false
  #taken = 0
  #destination: Uint8Array = EMPTY

  /** @param take default: ordinary memory, as much as is wanted */
  constructor(
    limits: FrameLimits = { header: LIMITS.headerBeforeLogin, payload: 0 },
    take: TakeMemory = ordinary,
  ) {
    this.limits = limits
    this.#take = take
  }

  /** True between frames: only then may the stream end. */
  get idle(): boolean {
    return this.#part === 'prefix' && this.#filled === 0
  }

  /** How many bytes of payloads have come. */
  get payloadBytes(): number {
    return this.#taken
  }

  /** Bytes in the header of the frame that came last. */
  get headerLength(): number {
    return this.#headerLength
  }

  /** The memory of a large payload that has begun to come and is not complete; undefined if there is none. */
  get arriving(): Block | undefined {
    return this.#isBlock() ? this.#payload : undefined
  }

  /**
   * The length of a payload for which memory is needed before anything else can be read: it has been announced, or it is
   * complete and was {@link divert}ed. Undefined if there is none.
   */
  get wanted(): number | undefined {
    const isWanted = this.#divert === undefined || this.#filled === this.#length
    return this.#part === 'payload' && this.#payload === undefined && isWanted ? this.#length : undefined
  }

  /**
   * Has the payload that is {@link arriving} put elsewhere, what has come of it now and the rest as it comes, and gives its
   * memory back: {@link destination} is another place from now on. When it is complete it is {@link wanted}: whoever supplies memory
   * has put all of it back.
   */
  divert(put: (bytes: Uint8Array, at: number) => void): void {
    if (!this.#isBlock()) return
    put(this.#buffer.subarray(0, this.#filled), 0)
    this.#divert = put
    this.#payload?.[Symbol.dispose]()
    this.#payload = undefined
    this.#buffer = EMPTY
  }

  /** Whether what is pushed is kept and not decoded. */
  get isHeld(): boolean {
    return this.#isHeld
  }

  /** Decodes nothing until {@link release}, not even the rest of the chunk: what it means may not be known yet. */
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

  /** Lets go of a frame that will not be completed: the stream has ended. */
  discard(): void {
    this.#held = []
    this.#expect('prefix', PREFIX)
  }

  /**
   * Takes over memory for the payload that is {@link wanted}, and yields the frames that are complete now. Until then
   * all that is pushed is held: nothing more should be read.
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
   * Where the next bytes from the socket are to be written: for a block that is under way that is where it will be
   * hashed and written from, so it is never copied. Once they are written, {@link took} must be called before anything
   * else happens in this thread.
   */
  get destination(): Uint8Array {
    this.#destination = this.#isBlock() ? this.#buffer.subarray(this.#filled) : landing
    return this.#destination
  }

  /**
   * Yields the frames that are complete now that `count` bytes stand at the start of {@link destination}.
   * @throws TransferError `protocol`
   */
  *took(count: number): Generator<Frame> {
    if (this.#destination === landing) return yield* this.push(landing.subarray(0, count))
    this.#filled += count
    this.#taken += count
    if (this.#filled < this.#length) return
    const frame = this.#advance(this.#buffer)
    if (frame !== undefined) yield frame
  }

  /** @returns the part, if `piece` completes it */
  #put(piece: Uint8Array): Uint8Array | undefined {
    if (this.#part === 'payload') this.#taken += piece.length
    if (this.#divert !== undefined) {
      this.#divert(piece, this.#filled)
      this.#filled += piece.length
      return undefined
    }
    // A payload outlives the chunk that it came in.
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
    // Pages are only touched as bytes arrive, whatever was announced.
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
