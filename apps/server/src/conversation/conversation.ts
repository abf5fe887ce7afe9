import type { Socket } from 'node:net'
import { giveBlock } from '@ftp/md5'
import {
  type ClientMessage,
  type ErrorReply,
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
import { Deadlines, type Timeouts } from './deadlines.ts'
import { Exchange } from './exchange.ts'
import { getAll, wholePath } from './get-all.ts'
import { Handshake, type HandshakeOptions, type Peer } from './handshake.ts'
import { putAll } from './put-all.ts'
import { isWhole, RequestQueue, type Waiting, type WholeWaiting } from './request-queue.ts'
import { serve } from './serve.ts'

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

/**
 * One client, from its first byte to its last. Frames are read as they come; requests wait in a queue and are
 * answered in order, while acknowledgements and cancellations reach the exchange they belong to at once.
 */
export class Conversation {
  readonly #options: ConversationOptions
  readonly #channel: Channel
  readonly #deadlines: Deadlines
  readonly #caller: Caller
  readonly #queue = new RequestQueue()
  readonly #handshake: Handshake
  /** Undefined until the login is accepted. */
  #login: Login | undefined
  #ended = false
  #ending: Ending = 'silent'
  #current: Exchange | undefined
  /** What was answered at the last look. */
  #seen: Exchange | undefined
  #draining = false
  #answering = false

  constructor(socket: Socket, options: ConversationOptions, caller: Caller) {
    this.#options = options
    this.#caller = caller
    this.#handshake = new Handshake(options, caller)
    this.#channel = new Channel(
      socket,
      (frame) => this.#receive(frame),
      (error) => this.#fail(TransferError.from(error)),
      () => {
        this.#ended = true
        this.#deadlines[Symbol.dispose]()
        this.#current?.abort(new TransferError('lost', 'the client closed the connection'))
        caller.onClose(this.#ending)
      },
      () => this.#current?.heard(),
    )
    const owes = (): boolean => !this.#channel.rests && (this.#current?.waits === true || this.#channel.owed)
    this.#deadlines = new Deadlines(socket, options.timeouts, owes, (reason) => this.#fail(reason))
  }

  /** Finishes the request being answered, refuses the rest, and closes. */
  drain(): void {
    this.#draining = true
    const reason = new TransferError('shutdown', 'the server is stopping')
    if (this.#current === undefined) this.#fail(reason)
    else if (this.#current.isEndless) this.#current.abort(reason)
  }

  /** Ends it before its login, because others are waiting. */
  drop(): void {
    if (this.#login === undefined)
      this.#fail(new TransferError('busy', 'too many connections are logging in; try again in a moment'))
  }

  /**
   * Looks whether its account may go on, and how fast. To be called from time to time: a request may take hours, and the
   * operator may have changed the account meanwhile.
   */
  look(): void {
    const current = this.#current
    // One that has begun since the last look has looked itself.
    if (current !== undefined && current === this.#seen) {
      const login = this.#login
      login?.share().then(
        () => {
          this.#channel.limit = login.limit
        },
        (error: unknown) => {
          const failure = TransferError.from(error)
          if (failure.code === 'login') this.#fail(failure)
        },
      )
    }
    this.#seen = current
  }

  #receive(frame: Frame): void {
    if (this.#ended) return
    const id = idOf(frame.header)
    let message: ClientMessage
    try {
      message = parseClientMessage(frame.header)
    } catch (error) {
      const refusal = TransferError.from(error)
      const isRequest = this.#login !== undefined && refusal.code !== 'protocol' && !this.#queue.knows(id)
      if (!isRequest) throw new TransferError('protocol', refusal.message)
      this.#queue.push({ id, refusal })
      return this.#start()
    }
    if (this.#login === undefined) return this.#greet(message)
    switch (message.type) {
      case 'data':
      case 'chain':
        return this.#deliver(message, frame.payload)
      case 'ack':
        return this.#current?.id === id
          ? this.#current.acknowledge(message.offset)
          : this.#queue.requireKnown(id)
      case 'cancel':
        return this.#cancel(id)
      case 'hello':
      case 'login':
      case 'response':
        throw new TransferError('protocol', `${message.type} comes once, at the beginning`)
      default:
        this.#queue.push({ id, request: message, payload: frame.payload })
        return this.#start()
    }
  }

  #greet(message: ClientMessage): void {
    const { reply, login } = this.#handshake.answer(message)
    if (message.type !== 'response') this.#queue.begin(message.id)
    if (login !== undefined) {
      this.#deadlines.loggedIn()
      this.#deadlines.idle()
      this.#ending = 'served'
      this.#caller.onLogin()
      this.#login = login
      this.#channel.limit = login.limit
      this.#channel.limits = { header: LIMITS.headerFromClient, payload: LIMITS.payload }
    }
    void this.#send(reply)
  }

  #start(): void {
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
      this.#deadlines.answering()
      try {
        if ('refusal' in waiting) throw waiting.refusal
        if (this.#draining) throw new TransferError('shutdown', 'the server is stopping')
        if (this.#login === undefined) throw new TransferError('protocol', 'log in first')
        const share = await this.#login.share()
        this.#channel.limit = this.#login.limit
        if (isWhole(waiting)) await this.#store(exchange, share, [waiting, ...this.#queue.shiftWhole()])
        else if (!(await this.#fetch(share, waiting)))
          await serve(exchange, share, waiting.request, waiting.payload)
      } catch (error) {
        // A client that does not read its refusals gets no more of them: the queue fills up.
        await this.#refuse(waiting.id, TransferError.from(error))
      }
      this.#queue.release(waiting)
      this.#current = undefined
      exchange.close()
      if (this.#draining) this.#fail(new TransferError('shutdown', 'the server is stopping'))
    }
    this.#answering = false
    if (!this.#ended) this.#deadlines.idle()
  }

  async #store(first: Exchange, share: Share, puts: readonly WholeWaiting[]): Promise<void> {
    const outcomes = await first.keepAlive(() => putAll(share, puts))
    for (const [index, put] of puts.entries()) {
      const outcome = outcomes[index] ?? new TransferError('internal', 'a put without an outcome')
      if (outcome instanceof TransferError) await this.#refuse(put.id, outcome)
      else await this.#send({ id: put.id, ...outcome })
      if (index > 0) this.#queue.release(put)
    }
  }

  /**
   * Answers a get, and those that wait behind it, whose files fit into one frame each.
   * @returns false when the first is not one
   */
  async #fetch(share: Share, first: Waiting): Promise<boolean> {
    const path = wholePath(first)
    if (path === undefined) return false
    const others = this.#queue.next(wholePath)
    const files = await getAll(share, allOf(path, others))
    for (const [index, file] of files.entries()) {
      if (file === undefined) return index > 0
      const get = index === 0 ? first : this.#queue.shift()
      // The conversation may have ended meanwhile, or the client may have cancelled it.
      if (get === undefined) break
      const answer = 'refusal' in get ? get.refusal : file
      if (answer instanceof TransferError) await this.#refuse(get.id, answer)
      else await this.#send({ id: get.id, ...answer.answer }, answer.payload)
    }
    return true
  }

  async #refuse(id: number, error: TransferError): Promise<void> {
    if (error.code === 'internal') this.#options.onFault(error)
    if (error.code === 'protocol' || error.code === 'shutdown' || error.code === 'login')
      return this.#fail(error)
    await this.#send({ id, ...errorOf(error) })
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
    this.#queue.requireKnown(message.id)
    if (this.#queue.has(message.id)) throw new TransferError('protocol', `${message.type} before ready`)
    giveBlock(payload)
  }

  #cancel(id: number): void {
    const reason = new TransferError('cancelled', 'cancelled by the client')
    if (this.#current?.id === id) return this.#current.abort(reason)
    this.#queue.requireKnown(id)
    this.#queue.refuse(id, reason)
  }

  /** Never rejects: when the client is gone, the close event is what ends everything. */
  async #send(message: object, payload?: Uint8Array): Promise<void> {
    await this.#channel.send(message, payload).catch(() => {})
  }

  /** Says why and ends the conversation. The first reason counts. */
  #fail(error: TransferError): void {
    if (this.#ended) return
    this.#ended = true
    this.#deadlines.loggedIn()
    this.#judge(error)
    this.#queue.clear()
    if (error.code === 'internal') this.#options.onFault(error)
    void this.#send(errorOf(error))
    this.#channel.end()
    this.#current?.abort(error)
  }
}

/** What the client is told of an error: nothing of the server's own faults. */
function errorOf({ code, message }: TransferError): Omit<ErrorReply, 'id'> {
  return { type: 'error', code, message: code === 'internal' ? 'a fault in the server' : message }
}

function* allOf<T>(first: T, others: Iterable<T>): Generator<T> {
  yield first
  yield* others
}
