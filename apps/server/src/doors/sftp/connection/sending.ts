import type { Socket } from 'node:net'
import { TransferError } from '@ftp/protocol'
import type { Connection, ServerChannel } from 'ssh2'
import { threadBacklog } from '../../../guards/backlog.ts'
import type { Reply } from '../wire/replies.ts'
import { isExchangingKeys } from './upstream.ts'

/** The bytes of a channel that may wait until the client permits more of them. */
const MOST_UNSENT = 262_144
/** The bytes after which the keys of a connection are exchanged again (RFC 4253, section 9). */
const REKEY_BYTES = 1_073_741_824

/**
 * Sends replies into one connection. Nobody else limits what waits for a slow client: not its socket, not its channels,
 * and not while keys are being exchanged.
 */
export class Sending {
  readonly #socket: Socket
  #client: Connection | undefined
  readonly #waiting = new Set<() => void>()
  #counted = 0
  #rekeyedAt = 0
  readonly #wake = (): void => {
    this.#count()
    for (const resolve of this.#waiting) resolve()
    this.#waiting.clear()
  }

  readonly #onWaiting: () => void

  /** @param onWaiting called when {@link isWaiting} may have changed */
  constructor(socket: Socket, onWaiting: () => void) {
    this.#socket = socket
    this.#onWaiting = onWaiting
    socket.on('drain', this.#wake).on('close', this.#wake)
  }

  /** To be called before anything is sent into a channel. */
  watch(channel: ServerChannel): void {
    channel.on('close', this.#wake)
  }

  /** Whether the client has not taken what has been sent to it. */
  get isWaiting(): boolean {
    return this.#waiting.size > 0
  }

  /** To be called when the client has sent its first line. */
  begin(client: Connection): void {
    this.#client = client
    client.on('rekey', this.#wake)
  }

  /**
   * Sends a reply.
   * @returns when the client has taken so much that there is room for another one
   * @throws TransferError `lost`
   */
  async send(channel: ServerChannel, reply: Reply): Promise<void> {
    this.#requireOpen(channel)
    this.#rekey()
    // Encryption makes several small pieces of each reply.
    if (this.#socket.writableCorked === 0) {
      this.#socket.cork()
      process.nextTick(() => this.#socket.uncork())
    }
    channel.write(reply, this.#wake)
    this.#count()
    while (this.#isFull(channel)) {
      const room = new Promise<void>((resolve) => this.#waiting.add(resolve))
      this.#onWaiting()
      await room
      this.#onWaiting()
      this.#requireOpen(channel)
    }
  }

  #isFull(channel: ServerChannel): boolean {
    return (
      this.#socket.writableLength > threadBacklog.allowance ||
      channel.writableLength > MOST_UNSENT ||
      (this.#client !== undefined && isExchangingKeys(this.#client))
    )
  }

  #rekey(): void {
    const moved = this.#socket.bytesRead + this.#socket.bytesWritten
    if (moved - this.#rekeyedAt < REKEY_BYTES) return
    this.#rekeyedAt = moved
    this.#client?.rekey()
  }

  #count(): void {
    const now = this.#socket.destroyed ? 0 : this.#socket.writableLength
    threadBacklog.change(this.#counted, now)
    this.#counted = now
  }

  /** @throws TransferError `lost` */
  #requireOpen(channel: ServerChannel): void {
    if (!this.#socket.writable || !channel.writable) throw new TransferError('lost', 'the channel is closed')
  }
}
