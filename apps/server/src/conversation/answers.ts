import { giveBlock } from '@ftp/md5'
import { type ClientMessage, TransferError } from '@ftp/protocol'
import type { Share } from '../share/share.ts'
import type { Channel } from './channel.ts'
import { Exchange } from './exchange.ts'
import { getAll, wholePath } from './get-all.ts'
import { putAll } from './put-all.ts'
import { isWhole, RequestQueue, type Waiting, type WholeWaiting } from './request-queue.ts'
import { serve } from './serve.ts'
import { turn } from './turns.ts'
import { errorReply } from './wire.ts'

/** What answering needs, and whom it tells. */
export interface AnswersOptions {
  /** What the client may see as of now. @throws TransferError `login` when it may no longer see anything */
  readonly share: () => Promise<Share>
  /** Requests are being answered from now on, or none is. */
  readonly onBusy: (isBusy: boolean) => void
  /** Nothing can be said any more but this. */
  readonly onEnd: (reason: TransferError) => void
  /** Told of every failure that is the server's own fault. */
  readonly onFault: (error: TransferError) => void
}

/**
 * The requests of one client and what is said about them: they wait in a queue and are answered in order, while
 * acknowledgements and cancellations reach the exchange they belong to at once.
 */
export class Answers {
  readonly queue = new RequestQueue()
  readonly #channel: Channel
  readonly #options: AnswersOptions
  #current: Exchange | undefined
  #draining: TransferError | undefined
  #answering = false

  constructor(channel: Channel, options: AnswersOptions) {
    this.#channel = channel
    this.#options = options
  }

  /** What is being answered. */
  get current(): Exchange | undefined {
    return this.#current
  }

  /** Takes a request, or the reason why it is refused in its turn. @throws TransferError `protocol` */
  take(waiting: Waiting): void {
    this.queue.push(waiting)
    if (this.#answering) return
    this.#answering = true
    // What arrives with it can be answered with it.
    setImmediate(() => void this.#answer())
  }

  /** Takes a part of what is being answered. @throws TransferError `protocol` */
  deliver(message: Extract<ClientMessage, { type: 'data' | 'chain' }>, payload: Uint8Array): void {
    if (this.#current?.id === message.id) return this.#current.deliver({ message, payload })
    // Parts of an exchange that ended before its client knew may still arrive; parts of one that has not begun may not.
    this.queue.requireKnown(message.id)
    if (this.queue.has(message.id)) throw new TransferError('protocol', `${message.type} before ready`)
    giveBlock(payload)
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

  /** Finishes what is being answered, and ends for this reason. */
  drain(reason: TransferError): void {
    this.#draining = reason
    if (this.#current === undefined) this.#options.onEnd(reason)
    else if (this.#current.isEndless) this.#current.abort(reason)
  }

  /** Drops everything: nobody hears answers any more. */
  end(reason: TransferError): void {
    this.queue.clear()
    this.#current?.abort(reason)
  }

  /** Answers what waits, one by one. Never rejects. */
  async #answer(): Promise<void> {
    this.#options.onBusy(true)
    for (let waiting = this.queue.shift(); waiting !== undefined; waiting = this.queue.shift()) {
      const exchange = new Exchange(waiting.id, this.#channel)
      this.#current = exchange
      try {
        if ('refusal' in waiting) throw waiting.refusal
        if (this.#draining !== undefined) throw this.#draining
        const share = await this.#options.share()
        if (isWhole(waiting)) await this.#store(exchange, share, [waiting, ...this.queue.shiftWhole()])
        else if (!(await this.#fetch(share, waiting)))
          await serve(exchange, share, waiting.request, waiting.payload)
      } catch (error) {
        // A client that does not read its refusals gets no more of them: the queue fills up.
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

  async #store(first: Exchange, share: Share, puts: readonly WholeWaiting[]): Promise<void> {
    const outcomes = await first.keepAlive(() => putAll(share, puts))
    for (const [index, put] of puts.entries()) {
      const outcome = outcomes[index] ?? new TransferError('internal', 'a put without an outcome')
      if (outcome instanceof TransferError) await this.#refuse(put.id, outcome)
      else await this.#send({ id: put.id, ...outcome })
      if (index > 0) this.queue.release(put)
    }
  }

  /**
   * Answers a get, and those that wait behind it, whose files fit into one frame each.
   * @returns false when the first is not one
   */
  async #fetch(share: Share, first: Waiting): Promise<boolean> {
    const path = wholePath(first)
    if (path === undefined) return false
    // Up to a block is read at once.
    await turn()
    const others = this.queue.next(wholePath)
    const files = await getAll(share, allOf(path, others))
    for (const [index, file] of files.entries()) {
      if (file === undefined) return index > 0
      const get = index === 0 ? first : this.queue.shift()
      // The conversation may have ended meanwhile, or the client may have cancelled it.
      const answer = get === undefined || 'refusal' in get ? get?.refusal : file
      if (!(file instanceof TransferError) && answer !== file) giveBlock(file.payload)
      if (get === undefined || answer === undefined) continue
      if (answer instanceof TransferError) await this.#refuse(get.id, answer)
      else await this.#send({ id: get.id, ...answer.answer }, answer.payload, () => giveBlock(answer.payload))
    }
    return true
  }

  async #refuse(id: number, error: TransferError): Promise<void> {
    const { code } = error
    if (code === 'internal') this.#options.onFault(error)
    if (code === 'protocol' || code === 'shutdown' || code === 'login') return this.#options.onEnd(error)
    await this.#send({ id, ...errorReply(error) })
  }

  /** Never rejects: when the client is gone, {@link end} is what ends everything. */
  async #send(message: object, payload?: Uint8Array, sent?: () => void): Promise<void> {
    await this.#channel.send(message, payload, sent).catch(() => {})
  }
}

function* allOf<T>(first: T, others: Iterable<T>): Generator<T> {
  yield first
  yield* others
}
