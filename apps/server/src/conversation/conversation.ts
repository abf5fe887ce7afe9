import type { Socket } from 'node:net'
import { giveBlock } from '@ftp/md5'
import {
  type ClientMessage,
  type Frame,
  idOf,
  LIMITS,
  parseClientMessage,
  TransferError,
} from '@ftp/protocol'
import type { Ending } from '../guards/ending.ts'
import type { Log } from '../log/log.ts'
import type { Login } from '../share/logins.ts'
import type { Share } from '../share/share.ts'
import { Channel } from './channel.ts'
import { Exchange } from './exchange.ts'
import { Handshake, type HandshakeOptions, type Peer } from './handshake.ts'
import { Pace } from './pace.ts'
import { putAll, type WholePut } from './put-all.ts'
import { type ServedRequest, serve } from './serve.ts'

/** What a conversation needs from its surroundings. */
export interface ConversationOptions extends HandshakeOptions {
  readonly timeouts: Timeouts
  readonly log: Log
  /** Told of every failure that is the server's own fault. */
  readonly onFault: (error: TransferError) => void
}

/** Who is at the other end, and who wants to know how it goes. */
export interface Caller extends Peer {
  /** Called once at most. */
  readonly onLogin: () => void
  /** Called once, when the connection is gone. */
  readonly onClose: (ending: Ending) => void
}

/** In milliseconds. */
export interface Timeouts {
  /** From the connection to the accepted login. */
  readonly login: number
  /** Without a request. */
  readonly idle: number
  /** Without a byte in either direction, while a request is answered. */
  readonly stall: number
  /** Bytes per second, both directions together, that a client owes as an average over `stall`. */
  readonly rate: number
}

type Waiting = { readonly id: number } & (
  | { readonly request: ServedRequest; readonly payload: Uint8Array }
  | { readonly refusal: TransferError }
)

type WholeWaiting = Waiting & WholePut

/**
 * One client, from its first byte to its last. Frames are read as they come; requests wait in a queue and are
 * answered in order, while acknowledgements and cancellations reach the exchange they belong to at once.
 */
export class Conversation {
  readonly #options: ConversationOptions
  readonly #channel: Channel
  readonly #socket: Socket
  readonly #deadline: NodeJS.Timeout
  readonly #pace: Pace
  readonly #caller: Caller
  readonly #queue: Waiting[] = []
  readonly #handshake: Handshake
  /** Undefined until the login is accepted. */
  #login: Login | undefined
  #ended = false
  #ending: Ending = 'silent'
  #current: Exchange | undefined
  #lastId = 0
  #queuedBytes = 0
  #draining = false
  #answering = false

  constructor(socket: Socket, options: ConversationOptions, caller: Caller) {
    this.#options = options
    this.#caller = caller
    this.#handshake = new Handshake(options, caller)
    this.#socket = socket
    this.#channel = new Channel(
      socket,
      (frame) => this.#receive(frame),
      (error) => this.#fail(TransferError.from(error)),
      () => {
        this.#ended = true
        clearTimeout(this.#deadline)
        this.#pace[Symbol.dispose]()
        this.#current?.abort(new TransferError('lost', 'the client closed the connection'))
        caller.onClose(this.#ending)
      },
      () => this.#current?.heard(),
    )
    this.#deadline = setTimeout(
      () => this.#fail(new TransferError('timeout', 'no login in time')),
      options.timeouts.login,
    )
    const owes = (): boolean => this.#current?.waits === true || this.#channel.owed
    const { rate, stall } = options.timeouts
    this.#pace = new Pace(socket, owes, rate, stall, () =>
      this.#fail(new TransferError('timeout', `less than ${rate} bytes a second came through`)),
    )
    socket.on('timeout', () => this.#fail(new TransferError('timeout', 'nothing was heard for too long')))
  }

  /** Finishes the request being answered, refuses the rest, and closes. */
  drain(): void {
    this.#draining = true
    if (this.#current === undefined) this.#fail(new TransferError('shutdown', 'the server is stopping'))
  }

  /** Ends it before its login, because others are waiting. */
  drop(): void {
    if (this.#login === undefined)
      this.#fail(new TransferError('busy', 'too many connections are logging in; try again in a moment'))
  }

  #receive(frame: Frame): void {
    if (this.#ended) return
    const id = idOf(frame.header)
    let message: ClientMessage
    try {
      message = parseClientMessage(frame.header)
    } catch (error) {
      const refusal = TransferError.from(error)
      const isRequest = this.#login !== undefined && refusal.code !== 'protocol' && id > this.#lastId
      if (!isRequest) throw new TransferError('protocol', refusal.message)
      return this.#enqueue({ id, refusal })
    }
    if (this.#login === undefined) return this.#greet(message)
    switch (message.type) {
      case 'data':
      case 'chain':
        return this.#deliver(message, frame.payload)
      case 'ack':
        return this.#current?.id === id ? this.#current.acknowledge(message.offset) : this.#requireKnown(id)
      case 'cancel':
        return this.#cancel(id)
      case 'hello':
      case 'login':
      case 'response':
        throw new TransferError('protocol', `${message.type} comes once, at the beginning`)
      default:
        return this.#enqueue({ id, request: message, payload: frame.payload })
    }
  }

  #greet(message: ClientMessage): void {
    const { reply, login } = this.#handshake.answer(message)
    if (message.type !== 'response') this.#begin(message.id)
    if (login !== undefined) {
      clearTimeout(this.#deadline)
      this.#ending = 'served'
      this.#caller.onLogin()
      this.#login = login
      this.#channel.limits = { header: LIMITS.headerFromClient, payload: LIMITS.payload }
      this.#socket.setTimeout(this.#options.timeouts.idle)
    }
    void this.#send(reply)
  }

  #enqueue(waiting: Waiting): void {
    this.#begin(waiting.id)
    this.#queuedBytes += payloadBytes(waiting)
    if (this.#queue.length >= LIMITS.requests || this.#queuedBytes > LIMITS.requestBytes) {
      throw new TransferError('protocol', 'too many requests at once')
    }
    this.#queue.push(waiting)
    if (this.#answering) return
    this.#answering = true
    // What arrives with it can be answered with it.
    setImmediate(() => void this.#answer())
  }

  /** Answers what waits, one by one. Never rejects. */
  async #answer(): Promise<void> {
    for (let waiting = this.#queue.shift(); waiting !== undefined; waiting = this.#queue.shift()) {
      const exchange = new Exchange(waiting.id, this.#channel)
      this.#current = exchange
      this.#socket.setTimeout(this.#options.timeouts.stall)
      try {
        if ('refusal' in waiting) throw waiting.refusal
        if (this.#draining) throw new TransferError('shutdown', 'the server is stopping')
        if (this.#login === undefined) throw new TransferError('protocol', 'log in first')
        const share = await this.#login.share()
        if (isWhole(waiting)) await this.#store(exchange, share, [waiting, ...this.#takeWhole()])
        else await serve(exchange, share, waiting.request, waiting.payload)
      } catch (error) {
        // A client that does not read its refusals gets no more of them: the queue fills up.
        await this.#refuse(waiting.id, TransferError.from(error))
      }
      this.#queuedBytes -= payloadBytes(waiting)
      letGo(waiting)
      this.#current = undefined
      exchange.close()
      if (this.#draining) this.#fail(new TransferError('shutdown', 'the server is stopping'))
    }
    this.#answering = false
    if (!this.#ended) this.#socket.setTimeout(this.#options.timeouts.idle)
  }

  /** The small files that wait next: they are stored together with the one before them. */
  #takeWhole(): WholeWaiting[] {
    const others = this.#queue.findIndex((waiting) => !isWhole(waiting))
    return this.#queue.splice(0, others < 0 ? this.#queue.length : others).filter(isWhole)
  }

  async #store(first: Exchange, share: Share, puts: readonly WholeWaiting[]): Promise<void> {
    const outcomes = await first.keepAlive(() => putAll(share, puts))
    for (const [index, put] of puts.entries()) {
      const outcome = outcomes[index] ?? new TransferError('internal', 'a put without an outcome')
      if (outcome instanceof TransferError) await this.#refuse(put.id, outcome)
      else await this.#send({ id: put.id, ...outcome })
      if (index === 0) continue
      this.#queuedBytes -= put.payload.length
      giveBlock(put.payload)
    }
  }

  async #refuse(id: number, error: TransferError): Promise<void> {
    if (error.code === 'internal') this.#options.onFault(error)
    if (error.code === 'protocol' || error.code === 'shutdown' || error.code === 'login')
      return this.#fail(error)
    await this.#send({
      id,
      type: 'error',
      code: error.code,
      message: error.code === 'internal' ? 'a fault in the server' : error.message,
    })
  }

  /** What is the client's fault is counted and logged. */
  #judge({ code, message: reason }: TransferError): void {
    const { address } = this.#caller
    const account = this.#login?.account.name
    if (code === 'protocol') {
      this.#ending = 'violation'
      this.#options.log.warn({ address, account, reason }, 'protocol violation')
    } else if (code === 'login' && this.#login === undefined) {
      this.#ending = 'refused'
      this.#options.logins.refused(this.#handshake.user, address)
    } else if (code === 'timeout') {
      if (this.#login === undefined) this.#ending = 'late'
      else this.#options.log.info({ address, account, reason }, 'connection timed out')
    }
  }

  #deliver(message: Extract<ClientMessage, { type: 'data' | 'chain' }>, payload: Uint8Array): void {
    if (this.#current?.id === message.id) return this.#current.deliver({ message, payload })
    // Parts of an exchange that ended before its client knew may still arrive; parts of one that has not begun may not.
    this.#requireKnown(message.id)
    if (this.#queue.some(({ id }) => id === message.id))
      throw new TransferError('protocol', `${message.type} before ready`)
    giveBlock(payload)
  }

  #cancel(id: number): void {
    const reason = new TransferError('cancelled', 'cancelled by the client')
    if (this.#current?.id === id) return this.#current.abort(reason)
    this.#requireKnown(id)
    const at = this.#queue.findIndex((waiting) => waiting.id === id)
    if (at < 0) return
    const [waiting] = this.#queue.splice(at, 1, { id, refusal: reason })
    this.#queuedBytes -= payloadBytes(waiting)
    letGo(waiting)
  }

  /** Ids grow, so none is ever used twice. */
  #begin(id: number): void {
    if (id <= this.#lastId) throw new TransferError('protocol', `the id ${id} has been used`)
    this.#lastId = id
  }

  #requireKnown(id: number): void {
    if (id > this.#lastId) throw new TransferError('protocol', `there is no request ${id}`)
  }

  /** Never rejects: when the client is gone, the close event is what ends everything. */
  async #send(message: object): Promise<void> {
    await this.#channel.send(message).catch(() => {})
  }

  /** Says why and ends the conversation. The first reason counts. */
  #fail(error: TransferError): void {
    if (this.#ended) return
    this.#ended = true
    clearTimeout(this.#deadline)
    this.#judge(error)
    for (const waiting of this.#queue.splice(0)) letGo(waiting)
    if (error.code === 'internal') this.#options.onFault(error)
    void this.#send({
      type: 'error',
      code: error.code,
      message: error.code === 'internal' ? 'a fault in the server' : error.message,
    })
    this.#channel.end()
    this.#current?.abort(error)
  }
}

function isWhole(waiting: Waiting): waiting is WholeWaiting {
  return 'request' in waiting && waiting.request.type === 'put' && waiting.request.md5 !== undefined
}

function letGo(waiting: Waiting | undefined): void {
  if (waiting !== undefined && 'payload' in waiting) giveBlock(waiting.payload)
}

function payloadBytes(waiting: Waiting | undefined): number {
  return waiting !== undefined && 'payload' in waiting ? waiting.payload.length : 0
}
