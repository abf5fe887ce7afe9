import { printable, TransferError } from '@ftp/protocol'
import type { ServerChannel } from 'ssh2'
import { turn } from '../../../guards/turns.ts'
import { BadMessage } from '../wire/fields.ts'
import { Packets } from '../wire/packets.ts'
import { type Reply, versionReply } from '../wire/replies.ts'
import { readInit, readRequest } from '../wire/requests.ts'
import { answer } from './answer.ts'
import type { Context } from './context.ts'
import { ANNOUNCED } from './extended.ts'

/** The version that is spoken. Clients of later ones speak this one, too. */
const VERSION = 3
/** The bytes of requests that may wait until the client is stopped. */
const MOST_WAITING = 262_144
/** After so many bytes or requests, others have their turn. */
const [TURN_BYTES, TURN_REQUESTS] = [262_144, 16]

export interface ConversationOptions {
  /** Sends a reply, and resolves when the client has taken enough of all before it. @throws TransferError `lost` */
  readonly send: (channel: ServerChannel, reply: Reply) => Promise<void>
  /** Returns the present owner of the connection, for its turns. */
  readonly owner: () => string
  /** Called when a request begins to be answered, and when it has been answered. */
  readonly onActive: () => void
  readonly onFault: (error: TransferError) => void
  /** Called if too many requests wait, and when that is over. */
  readonly onFull: () => void
  /** Called if the client breaks a rule of the protocol, so that nothing after it can be understood. */
  readonly onViolation: (reason: string) => void
}

/** One channel of SFTP: its requests are answered one after the other, in the order in which they come. */
export class Conversation {
  readonly #channel: ServerChannel
  readonly #context: Context
  readonly #options: ConversationOptions
  readonly #packets = new Packets()
  /** The packets that have arrived, of which the first {@link #taken} have been taken. */
  #arrived: Buffer[] = []
  #taken = 0
  #waitingBytes = 0
  #isEnding = false
  #isAnswering = false
  #wake: () => void = () => {}

  constructor(channel: ServerChannel, context: Context, options: ConversationOptions) {
    this.#channel = channel
    this.#context = context
    this.#options = options
    const end = (): void => this.drain()
    channel.on('data', (chunk: Buffer) => this.#receive(chunk))
    channel.once('end', end).once('close', end)
  }

  /** Whether so many requests wait that no more are taken. */
  get isFull(): boolean {
    return this.#channel.isPaused()
  }

  /** Whether a request is being answered. */
  get isAnswering(): boolean {
    return this.#isAnswering
  }

  /** Answers requests until the client ends the channel. Never rejects. */
  async run(): Promise<void> {
    try {
      const first = await this.#next()
      if (first === undefined) return
      readInit(first)
      await this.#options.send(this.#channel, versionReply(VERSION, ANNOUNCED))
      await this.#answerAll()
    } catch (error) {
      if (error instanceof BadMessage) this.#options.onViolation(error.message)
      else if (TransferError.from(error).code === 'internal') this.#options.onFault(TransferError.from(error))
    } finally {
      this.#channel.exit(0)
      this.#channel.end()
    }
  }

  /** Answers no more requests than those that have arrived. */
  drain(): void {
    this.#isEnding = true
    this.#wake()
  }

  async #answerAll(): Promise<void> {
    let [bytes, requests] = [0, 0]
    for (let packet = await this.#next(); packet !== undefined; packet = await this.#next()) {
      this.#setAnswering(true)
      const request = readRequest(packet)
      const reply = await answer(this.#context, request, this.#options.onFault)
      await this.#options.send(this.#channel, reply)
      this.#setAnswering(false)
      bytes += packet.length + reply.length
      if (bytes < TURN_BYTES && ++requests < TURN_REQUESTS) continue
      ;[bytes, requests] = [0, 0]
      await turn(this.#options.owner())
    }
  }

  #setAnswering(isAnswering: boolean): void {
    this.#isAnswering = isAnswering
    this.#options.onActive()
  }

  #receive(chunk: Buffer): void {
    try {
      for (const packet of this.#packets.take(chunk)) {
        this.#arrived.push(packet)
        this.#waitingBytes += packet.length
      }
    } catch (error) {
      return this.#options.onViolation(printable(TransferError.from(error).message))
    }
    if (this.#waitingBytes > MOST_WAITING) {
      this.#channel.pause()
      this.#options.onFull()
    }
    this.#wake()
  }

  /** @returns undefined when no more will come */
  async #next(): Promise<Buffer | undefined> {
    while (this.#taken === this.#arrived.length && !this.#isEnding)
      await new Promise<void>((resolve) => {
        this.#wake = resolve
      })
    const packet = this.#arrived[this.#taken++]
    if (this.#taken >= this.#arrived.length) {
      this.#arrived = []
      this.#taken = 0
    }
    this.#waitingBytes -= packet?.length ?? 0
    if (this.#waitingBytes <= MOST_WAITING / 2 && this.isFull) {
      this.#channel.resume()
      this.#options.onFull()
    }
    return packet
  }
}
