import type { Socket } from 'node:net'
import type { Block, Hasher } from '@ftp/md5'
import {
  type ClientMessage,
  type Frame,
  idOf,
  LIMITS,
  parseClientMessage,
  TransferError,
} from '@ftp/protocol'
import { Deadlines, type Timeouts } from '../../guards/deadlines.ts'
import type { Ending } from '../../guards/ending.ts'
import type { Log } from '../../log/log.ts'
import type { Login } from '../../share/logins.ts'
import type { Share } from '../../share/share.ts'
import { Answers } from './answers.ts'
import { Channel } from './channel.ts'
import type { Exchange } from './exchange.ts'
import { Handshake, type HandshakeOptions, type Peer } from './handshake.ts'
import { errorReply } from './wire.ts'

/** What a conversation needs from its surroundings. */
export interface ConversationOptions extends HandshakeOptions {
  readonly timeouts: Timeouts
  /** Has the blocks that payloads go to. */
  readonly hasher: Hasher
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

/** One client, from its first byte to its last: its login, then the {@link Answers} to its requests. */
export class Conversation {
  readonly #options: ConversationOptions
  readonly #channel: Channel
  readonly #deadlines: Deadlines
  readonly #caller: Caller
  readonly #handshake: Handshake
  readonly #answers: Answers
  /** Undefined until the login is accepted. */
  #login: Login | undefined
  #ended = false
  #ending: Ending = 'silent'
  /** What was answered at the last look. */
  #seen: Exchange | undefined

  constructor(socket: Socket, options: ConversationOptions, caller: Caller) {
    this.#options = options
    this.#caller = caller
    this.#handshake = new Handshake(options, caller)
    this.#channel = new Channel(socket, options.hasher.blocks, {
      onFrame: (frame) => this.#receive(frame),
      onBroken: (error) => this.#fail(TransferError.from(error)),
      onClose: () => {
        this.#ended = true
        this.#deadlines[Symbol.dispose]()
        this.#answers.end(new TransferError('lost', 'the client closed the connection'))
        caller.onClose(this.#ending)
      },
      onBytes: () => this.#answers.current?.heard(),
    })
    this.#answers = new Answers(this.#channel, {
      share: () => this.#share(),
      onBusy: (isBusy) => {
        if (isBusy) this.#deadlines.answering()
        else if (!this.#ended) this.#deadlines.idle()
      },
      onEnd: (reason) => this.#fail(reason),
      onFault: options.onFault,
    })
    const owes = (): boolean =>
      !this.#channel.rests && (this.#answers.current?.waits === true || this.#channel.owed)
    this.#deadlines = new Deadlines(socket, options.timeouts, owes, (reason) => this.#fail(reason))
  }

  /** Finishes the request being answered, refuses the rest, and closes. */
  drain(): void {
    this.#answers.drain(new TransferError('shutdown', 'the server is stopping'))
  }

  /** Ends it before its login, because there are too many others. @param reason what its client is told */
  drop(reason: string): void {
    if (this.#login === undefined) this.#fail(new TransferError('busy', `${reason}; try again in a moment`))
  }

  /**
   * Looks whether its account may go on, and how fast. To be called from time to time: a request may take hours, and the
   * operator may have changed the account meanwhile.
   */
  look(): void {
    if (this.#channel.isStarved) this.#answers.makeRoom()
    const { current } = this.#answers
    // One that has begun since the last look has looked itself.
    if (current !== undefined && current === this.#seen) {
      this.#share().catch((error: unknown) => {
        const failure = TransferError.from(error)
        if (failure.code === 'login') this.#fail(failure)
      })
    }
    this.#seen = current
  }

  async #share(): Promise<Share> {
    const login = this.#login
    if (login === undefined) throw new TransferError('protocol', 'log in first')
    const share = await login.share()
    this.#channel.limit = login.limit
    return share
  }

  /** @returns what has to be answered before anything behind it is read: a message of the login */
  #receive(frame: Frame): Promise<void> | undefined {
    // Whoever takes it over moves it; whatever nobody takes is given back here.
    using payload = frame.payload
    if (this.#ended) return undefined
    const id = idOf(frame.header)
    let message: ClientMessage
    try {
      message = parseClientMessage(frame.header)
    } catch (error) {
      const refusal = TransferError.from(error)
      const isRequest =
        this.#login !== undefined && refusal.code !== 'protocol' && !this.#answers.queue.knows(id)
      if (!isRequest) throw new TransferError('protocol', refusal.message)
      this.#answers.take({ id, refusal })
      return undefined
    }
    if (this.#login === undefined) return this.#greet(message)
    this.#serve(message, payload)
    return undefined
  }

  #serve(message: ClientMessage, payload: Block): void {
    switch (message.type) {
      case 'data':
      case 'chain':
        return this.#answers.deliver(message, payload)
      case 'ack':
        return this.#answers.acknowledge(message.id, message.offset)
      case 'cancel':
        return this.#answers.cancel(message.id)
      case 'hello':
      case 'login':
      case 'response':
        throw new TransferError('protocol', `${message.type} comes once, at the beginning`)
      default:
        return this.#answers.take({ id: message.id, request: message, payload })
    }
  }

  async #greet(message: ClientMessage): Promise<void> {
    const { reply, login } = await this.#handshake.answer(message)
    if (this.#ended) return
    if (message.type !== 'response') this.#answers.queue.begin(message.id)
    if (login !== undefined) {
      this.#deadlines.loggedIn()
      this.#deadlines.idle()
      this.#ending = 'served'
      this.#caller.onLogin()
      this.#login = login
      this.#channel.limit = login.limit
      this.#channel.blocks = login.blocks
      this.#channel.limits = { header: LIMITS.headerFromClient, payload: LIMITS.payload }
    }
    void this.#send(reply)
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

  /** Never rejects: when the client is gone, the close event is what ends everything. */
  async #send(message: object): Promise<void> {
    await this.#channel.send(message).catch(() => {})
  }

  /** Says why and ends the conversation. The first reason counts. */
  #fail(error: TransferError): void {
    if (this.#ended) return
    this.#ended = true
    this.#deadlines.loggedIn()
    this.#judge(error)
    if (error.code === 'internal') this.#options.onFault(error)
    void this.#send(errorReply(error))
    this.#channel.end()
    this.#answers.end(error)
  }
}
