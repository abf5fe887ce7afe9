import type { Duplex } from 'node:stream'
import { encodeHeader, TransferError } from '@ftp/protocol'
import { Backlog } from '../../guards/backlog.ts'
import type { Throttle } from '../../guards/throttle.ts'
import { turn } from '../../guards/turns.ts'
import { type Payload, small } from './payload.ts'

/** How long a frame may keep its block, in milliseconds: what has not left by then is read again, as its peer takes it. */
export const HOLD_MS = 250
/** Payloads of up to so many bytes leave with the frames around them: copied, which costs less than a write of their own. */
const COALESCE_BYTES = 65_536
/** What a socket is given of a larger payload at once; and while too much waits for the sockets of this thread. */
const [PIECE, SMALL_PIECE] = [262_144, 65_536]

const NOTHING = new Uint8Array(0)

/** This thread's. */
const thread = new Backlog()

/** Frames on their way into one socket, one behind the other. */
export class Outgoing {
  readonly #socket: Duplex
  readonly #throttle: Throttle
  readonly #backlog: Backlog
  readonly #isEncrypted: boolean
  readonly #waiting: (() => void)[] = []
  /** The last of the frames that leave piece by piece, with all that has to stay behind it. */
  #last: Promise<void> | undefined
  #counted = 0
  readonly #written = (): void => this.wake()

  /** @param throttle holds payloads to a rate */
  constructor(socket: Duplex, throttle: Throttle, backlog = thread) {
    this.#backlog = backlog
    this.#socket = socket
    this.#throttle = throttle
    this.#isEncrypted = 'encrypted' in socket
    socket.on('close', () => this.wake())
  }

  /** Whether its peer has to read before anything more is worth being said. */
  get isFull(): boolean {
    return this.#last !== undefined || this.#socket.writableNeedDrain
  }

  /** See Channel.send. */
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

  /** Ends the stream behind what has been sent. */
  end(): void {
    void (this.#last ?? Promise.resolve()).then(() => this.#socket.end())
  }

  /** Lets everybody who waits for the socket look again. */
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

  /** Replies that are ready together leave together, and before this thread does anything else. */
  #sendWhole(header: object, bytes: Uint8Array): void {
    if (this.#socket.writableCorked === 0) {
      this.#socket.cork()
      process.nextTick(() => this.#socket.uncork())
    }
    this.#write(encodeHeader(header, bytes.length))
    if (bytes.length > 0) this.#write(bytes)
  }

  async #sendPieces(header: object, payload: Payload): Promise<void> {
    if (payload.length > COALESCE_BYTES) await turn()
    let head = encodeHeader(header, payload.length)
    let [isLent, isOverdue] = [false, false]
    const release = (): void => {
      isOverdue = true
      if (!isLent) payload.release()
    }
    const overdue = setTimeout(release, HOLD_MS)
    try {
      for (let at = 0; at < payload.length || head.length > 0; ) {
        const length = Math.min(this.#pieceSize(head.length > 0), payload.length - at)
        await this.#throttle.take(length)
        const piece = await payload.read(at, length)
        this.#requireOpen()
        while (this.#socket.writableCorked > 0) this.#socket.uncork()
        // As it is encrypted it is copied; otherwise it stays where it is until the system has taken it.
        using lent = head.length > 0 || this.#isEncrypted ? undefined : this.#backlog.lend()
        isLent = lent !== undefined
        this.#write(isLent || (this.#isEncrypted && head.length === 0) ? piece : Buffer.concat([head, piece]))
        head = NOTHING
        at += length
        await this.#room(0)
        isLent = false
        if (isOverdue) release()
      }
    } finally {
      clearTimeout(overdue)
    }
  }

  #pieceSize(isFirst: boolean): number {
    const { slice = PIECE } = this.#throttle.limit ?? {}
    return isFirst || this.#backlog.allowance === 0 ? Math.min(slice, SMALL_PIECE) : slice
  }

  #write(bytes: Uint8Array): void {
    this.#socket.write(bytes, this.#written)
  }

  /** Waits until no more than so many bytes wait for the socket. @throws TransferError `lost` */
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
