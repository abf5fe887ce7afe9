import type { Block } from '@ftp/md5'
import { type ClientMessage, endsConnection, TransferError } from '@ftp/protocol'
import type { Share } from '../../share/share.ts'
import { HOLD_MS } from '../sending/outgoing.ts'
import type { Channel } from './channel.ts'
import { Exchange } from './exchange.ts'
import { RequestQueue, type Waiting } from './request-queue.ts'
import { serve } from './serve.ts'
import { errorReply } from './wire.ts'

/**
 * How long a request may wait with a block behind an exchange that makes progress while another connection
 * needs the memory, in milliseconds.
 */
const BUSY_HOLD_MS = 1_500

/** The callbacks with which a processor gets the share and reports its state. */
export interface RequestProcessorOptions {
  /** The share as it is now. @throws TransferError `login` if the client may no longer use it */
  readonly share: () => Promise<Share>
  /** Called when the processor begins to answer requests, and when none is left. */
  readonly onBusy: (isBusy: boolean) => void
  /** Called with the reason for the end, the last thing to be sent. */
  readonly onEnd: (reason: TransferError) => void
  /** Called with every failure that is the server's own fault. */
  readonly onFault: (error: TransferError) => void
}

/**
 * The requests of one client. They wait in a queue and are answered in order, while acknowledgements and
 * cancellations reach the exchange that they belong to at once.
 */
export class RequestProcessor {
  readonly queue = new RequestQueue()
  readonly #channel: Channel
  readonly #options: RequestProcessorOptions
  #current: Exchange | undefined
  #draining: TransferError | undefined
  #answering = false

  constructor(channel: Channel, options: RequestProcessorOptions) {
    this.#channel = channel
    this.#options = options
  }

  /** The exchange that is being answered. */
  get current(): Exchange | undefined {
    return this.#current
  }

  /**
   * Takes a request, or the reason for which it will be refused in its turn.
   * @throws TransferError `protocol`
   */
  take(waiting: Waiting): void {
    this.queue.push(waiting, this.#channel.headerLength)
    if (this.#answering) return
    this.#answering = true
    // Requests that arrive in the same chunk can be answered with it.
    setImmediate(() => void this.#answer())
  }

  /** Takes a part of the current exchange, and takes over its payload. @throws TransferError `protocol` */
  deliver(message: Extract<ClientMessage, { type: 'data' | 'chain' }>, payload: Block): void {
    if (this.#current?.id === message.id) return this.#current.deliver({ message, payload })
    // The client may still send parts of an exchange that has ended, but not of one that has not begun.
    this.queue.requireKnown(message.id)
    if (this.queue.has(message.id)) throw new TransferError('protocol', `${message.type} before ready`)
  }

  /** @throws TransferError `protocol` */
  acknowledge(id: number, offset: number): void {
    if (this.#current?.id === id) this.#current.acknowledge(offset)
    else this.queue.requireKnown(id)
  }

  /** @throws TransferError `protocol` */
  cancel(id: number): void {
    const reason = new TransferError('cancelled', 'cancelled by the client')
    if (this.#current?.id === id) return this.#current.abort(reason)
    this.queue.requireKnown(id)
    this.queue.refuse(id, reason)
  }

  /**
   * Refuses requests with blocks that wait, because somebody needs the memory: soon if the current exchange
   * waits for its client or for a block, which may be one of theirs; otherwise after a while, because an
   * exchange may take minutes.
   */
  yieldMemory(): void {
    const { isEndless = false, waits = false, starves = false } = this.#current ?? {}
    const isBlocked = isEndless || waits || starves || this.#channel.isFull
    this.queue.yieldMemory(isBlocked ? HOLD_MS : BUSY_HOLD_MS)
  }

  /** Finishes the current exchange, then ends for this reason. */
  drain(reason: TransferError): void {
    this.#draining = reason
    if (this.#current === undefined) this.#options.onEnd(reason)
    else if (this.#current.isEndless) this.#current.abort(reason)
  }

  /** Drops all requests: nobody is left to receive answers. */
  end(reason: TransferError): void {
    this.queue.clear()
    this.#current?.abort(reason)
  }

  /** Answers the waiting requests one by one. Never rejects. */
  async #answer(): Promise<void> {
    this.#options.onBusy(true)
    for (let waiting = this.queue.shift(); waiting !== undefined; waiting = this.queue.shift()) {
      const exchange = new Exchange(waiting.id, this.#channel, this.#options.onFault)
      this.#current = exchange
      try {
        await this.#serve(exchange, waiting)
      } catch (error) {
        // A client that does not read its refusals gets no more of them: they wait, and the queue fills up.
        await this.#refuse(waiting.id, TransferError.from(error))
      }
      this.queue.release(waiting)
      this.#current = undefined
      exchange.close()
      if (this.#draining !== undefined) this.#options.onEnd(this.#draining)
    }
    this.#answering = false
    this.#options.onBusy(false)
  }

  async #serve(exchange: Exchange, waiting: Waiting): Promise<void> {
    if ('refusal' in waiting) throw waiting.refusal
    using payload = waiting.payload
    if (this.#draining !== undefined) throw this.#draining
    const share = await this.#options.share()
    await serve(exchange, { ...share, blocks: exchange.counted(share.blocks) }, waiting.request, payload)
  }

  async #refuse(id: number, error: TransferError): Promise<void> {
    if (error.code === 'internal') this.#options.onFault(error)
    if (endsConnection(error.code)) return this.#options.onEnd(error)
    await this.#send({ id, ...errorReply(error) })
  }

  /** Never rejects: if the client is gone, {@link end} ends everything. */
  async #send(message: object): Promise<void> {
    await this.#channel.send(message).catch(() => {})
  }
}
