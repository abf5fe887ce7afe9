import type { Duplex } from 'node:stream'
import { BLOCK_SIZE } from '@ftp/md5'
import { encodeHeader, TransferError } from '@ftp/protocol'
import { type Backlog, threadBacklog } from '../../guards/backlog.ts'
import type { Throttle } from '../../guards/throttle.ts'
import { turn } from '../../guards/turns.ts'
import { type Payload, small } from './payload.ts'

/**
 * How long a frame may keep its block, in milliseconds. Whatever has not been sent by then is read again when
 * the peer takes it.
 */
export const HOLD_MS = 250
/**
 * Payloads of up to this many bytes are sent with the frames around them. Copying them costs less than a
 * separate write.
 */
const COALESCE_BYTES = 65_536
/**
 * The maximum number of bytes of a larger payload that are written to a socket at once: normally, and if the
 * peer is slow or too many bytes wait for the sockets of this thread. Each write costs a round of the event
 * loop.
 */
const [PIECE, SMALL_PIECE] = [BLOCK_SIZE, 65_536]
/** The bytes of one TLS record. As much as fits is copied behind the header of a larger payload, so that they share it. */
const RECORD = 16_384

const NOTHING = new Uint8Array(0)

export interface OutgoingOptions {
  /** Limits the rate of payloads. */
  readonly throttle: Throttle
  /** Returns the present owner of the connection, for its turns. */
  readonly owner: () => string
  /** Default: that of this thread. */
  readonly backlog?: Backlog | undefined
}

/** Sends frames into one socket, one after the other. */
export class Outgoing {
  readonly #socket: Duplex
  readonly #throttle: Throttle
  readonly #backlog: Backlog
  readonly #isEncrypted: boolean
  readonly #owner: () => string
  readonly #waiting: (() => void)[] = []
  /**
   * Settles after the last frame that is sent piece by piece, and with it everything that has to wait for
   * that frame.
   */
  #last: Promise<void> | undefined
  /** Whether the peer has kept the most recent frame longer than {@link HOLD_MS}. */
  #isSlow = false
  #counted = 0
  readonly #written = (): void => this.wake()

  constructor(socket: Duplex, { throttle, owner, backlog = threadBacklog }: OutgoingOptions) {
    this.#backlog = backlog
    this.#owner = owner
    this.#socket = socket
    this.#throttle = throttle
    this.#isEncrypted = 'encrypted' in socket
    socket.on('close', () => this.wake())
  }

  /** Whether the peer has so much left to read that nothing optional should be sent. */
  get isFull(): boolean {
    return this.#last !== undefined || this.#socket.writableNeedDrain
  }

  /** As Channel.send. */
  async send(header: object, bytes: Uint8Array | Payload = NOTHING): Promise<void> {
    using payload = bytes instanceof Uint8Array ? small(bytes) : bytes
    this.#requireOpen()
    const isFree =
      bytes.length === 0 || (bytes.length <= COALESCE_BYTES && this.#throttle.limit === undefined)
    if (isFree && bytes instanceof Uint8Array && this.#last === undefined) {
      this.#sendWhole(header, bytes)
      await this.#room(this.#backlog.allowance)
    } else await this.#inTurn(() => this.#sendPieces(header, payload))
  }

  /** Sends bytes without a frame. The caller has made sure that nothing else writes meanwhile. Rejects as `send`. */
  async sendBytes(payload: Payload): Promise<void> {
    using bytes = payload
    await this.#inTurn(() => this.#sendPieces(undefined, bytes))
  }

  /** Ends the stream after everything that has been sent. */
  end(): void {
    void (this.#last ?? Promise.resolve()).then(() => this.#socket.end())
  }

  /** Makes everything that waits for the socket check it again. */
  wake(): void {
    this.#count()
    for (const resolve of this.#waiting.splice(0)) resolve()
  }

  async #inTurn(action: () => Promise<void>): Promise<void> {
    const before = this.#last
    const { promise, resolve } = Promise.withResolvers<void>()
    this.#last = promise
    await before
    try {
      await action()
    } finally {
      if (this.#last === promise) this.#last = undefined
      resolve()
    }
  }

  /** Replies that are ready at the same time are sent in one write, before this thread does anything else. */
  #sendWhole(header: object, bytes: Uint8Array): void {
    if (this.#socket.writableCorked === 0) {
      this.#socket.cork()
      process.nextTick(() => this.#socket.uncork())
    }
    this.#write(encodeHeader(header, bytes.length))
    if (bytes.length > 0) this.#write(bytes)
  }

  async #sendPieces(header: object | undefined, payload: Payload): Promise<void> {
    if (payload.length > COALESCE_BYTES) await turn(this.#owner())
    let head = header === undefined ? NOTHING : encodeHeader(header, payload.length)
    let [isLent, isOverdue] = [false, false]
    const release = (): void => {
      isOverdue = true
      this.#isSlow = true
      if (!isLent) payload.release()
    }
    const overdue = setTimeout(release, HOLD_MS)
    try {
      for (let at = 0; at < payload.length || head.length > 0; ) {
        const length = Math.min(this.#pieceSize(head.length, payload.length), payload.length - at)
        await this.#throttle.take(length)
        const piece = await payload.read(at, length)
        this.#requireOpen()
        while (this.#socket.writableCorked > 0) this.#socket.uncork()
        // Encryption copies the piece. Without it, the piece stays in use until the system has taken it.
        using lent = head.length > 0 || this.#isEncrypted ? undefined : this.#backlog.lend()
        isLent = lent !== undefined
        this.#write(isLent || (this.#isEncrypted && head.length === 0) ? piece : Buffer.concat([head, piece]))
        head = NOTHING
        at += length
        await this.#room(0)
        isLent = false
        if (isOverdue) release()
      }
      this.#isSlow = isOverdue
    } finally {
      clearTimeout(overdue)
    }
  }

  /** @param head the length of the header that is sent with the piece; 0 if it has been sent */
  #pieceSize(head: number, payload: number): number {
    const { slice = PIECE } = this.#throttle.limit ?? {}
    if (head > 0 && payload > SMALL_PIECE) return Math.min(slice, Math.max(RECORD - head, 1))
    return head > 0 || this.#isSlow || this.#backlog.allowance === 0 ? Math.min(slice, SMALL_PIECE) : slice
  }

  #write(bytes: Uint8Array): void {
    this.#socket.write(bytes, this.#written)
  }

  /** Waits until at most `bytes` bytes are waiting for the socket. @throws TransferError `lost` */
  async #room(bytes: number): Promise<void> {
    this.#count()
    while (this.#socket.writableLength > bytes && this.#socket.writable)
      await new Promise<void>((resolve) => this.#waiting.push(resolve))
    this.#requireOpen()
  }

  /** @throws TransferError `lost` */
  #requireOpen(): void {
    if (!this.#socket.writable) throw new TransferError('lost', 'the connection is closed')
  }

  #count(): void {
    const now = this.#socket.destroyed ? 0 : this.#socket.writableLength
    this.#backlog.change(this.#counted, now)
    this.#counted = now
  }
}
