import type { Socket } from 'node:net'
import type { Block } from '@ftp/md5'
import {
  type ClientMessage,
  type Frame,
  idOf,
  LIMITS,
  parseClientMessage,
  TransferError,
} from '@ftp/protocol'
import { Deadlines } from '../../guards/deadlines.ts'
import type { Disconnect } from '../../guards/disconnect.ts'
import type { Refusal } from '../../guards/refusal.ts'
import type { Spool } from '../../guards/spool.ts'
import type { Login } from '../../share/logins.ts'
import type { Share } from '../../share/share.ts'
import { type Door, type Guards, loginTime, type Peer, type Served } from '../door.ts'
import { Channel } from './channel.ts'
import type { Exchange } from './exchange.ts'
import { Handshake } from './handshake.ts'
import { RequestProcessor } from './request-processor.ts'
import { errorReply } from './wire.ts'

/** FTX, the project's own protocol (PROTOCOL.md). */
export const ftx: Door = (socket, peer, guards) => new Conversation(socket, peer, guards)

/**
 * One client, from its first byte to its last: first the login, then the requests, which
 * {@link RequestProcessor} answers.
 */
class Conversation implements Served {
  readonly #guards: Guards
  readonly #channel: Channel
  readonly #deadlines: Deadlines
  readonly #peer: Peer
  readonly #handshake: Handshake
  readonly #requests: RequestProcessor
  /** Undefined until the login is accepted. */
  #login: Login | undefined
  #ended = false
  #disconnect: Disconnect = 'silent'
  /** The exchange that was running at the previous check. */
  #checked: Exchange | undefined

  constructor(socket: Socket, peer: Peer, guards: Guards) {
    this.#guards = guards
    this.#peer = peer
    this.#handshake = new Handshake(guards, peer)
    this.#channel = new Channel(socket, guards.hasher.blocks, {
      onFrame: (frame) => this.#receive(frame),
      onBroken: (error) => this.#fail(TransferError.from(error)),
      onClose: () => {
        this.#ended = true
        this.#deadlines[Symbol.dispose]()
        this.#requests.end(new TransferError('lost', 'the client closed the connection'))
        peer.onClose(this.#disconnect)
      },
      onBytes: () => this.#requests.current?.heard(),
    })
    this.#requests = new RequestProcessor(this.#channel, {
      share: () => this.#share(),
      onBusy: (isBusy) => {
        if (isBusy) this.#deadlines.answering()
        else if (!this.#ended) this.#deadlines.idle()
      },
      onEnd: (reason) => this.#fail(reason),
      onFault: guards.onFault,
    })
    const owes = (): boolean =>
      !this.#channel.rests && (this.#requests.current?.waits === true || this.#channel.owed)
    const rests = (): boolean => this.#channel.rests
    this.#deadlines = new Deadlines(
      socket,
      { ...guards.timeouts, login: loginTime(guards, peer) },
      { owes, rests },
      (reason) => this.#fail(reason),
    )
  }

  drain(): void {
    this.#requests.drain(new TransferError('shutdown', 'the server is stopping'))
  }

  drop({ text, except }: Refusal): void {
    if (this.#login !== undefined) return
    const refusal = new TransferError('busy', text)
    if (except.length === 0) this.#fail(refusal)
    else this.#handshake.refuse(refusal, except)
  }

  recheck(): void {
    const { current } = this.#requests
    // A request that began after the previous check has already checked the account itself.
    if (current !== undefined && current === this.#checked) {
      this.#share().catch((error: unknown) => {
        const failure = TransferError.from(error)
        if (failure.code === 'login') this.#fail(failure)
      })
    }
    this.#checked = current
  }

  yieldMemory(spool: Spool): void {
    if (!this.#channel.blocks.isWanted) return
    this.#channel.yieldMemory(spool)
    this.#requests.yieldMemory()
  }

  async #share(): Promise<Share> {
    const login = this.#login
    if (login === undefined) throw new TransferError('protocol', 'log in first')
    const share = await login.share()
    this.#channel.limit = login.limit
    return share
  }

  /**
   * @returns a promise if the message must be answered before anything after it is read, as with the messages
   * of a login
   */
  #receive(frame: Frame): Promise<void> | undefined {
    // If a function takes over the payload, it moves it. Otherwise, the payload is released here.
    using payload = frame.payload
    if (this.#ended) return undefined
    const id = idOf(frame.header)
    let message: ClientMessage
    try {
      message = parseClientMessage(frame.header)
    } catch (error) {
      const refusal = TransferError.from(error)
      const isRequest =
        this.#login !== undefined && refusal.code !== 'protocol' && !this.#requests.queue.knows(id)
      if (!isRequest) throw new TransferError('protocol', refusal.message)
      this.#requests.take({ id, refusal })
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
        return this.#requests.deliver(message, payload)
      case 'ack':
        return this.#requests.acknowledge(message.id, message.offset)
      case 'cancel':
        return this.#requests.cancel(message.id)
      case 'hello':
      case 'login':
      case 'response':
        throw new TransferError('protocol', `${message.type} comes once, at the beginning`)
      default:
        return this.#requests.take({ id: message.id, request: message, payload })
    }
  }

  async #greet(message: ClientMessage): Promise<void> {
    const { reply, login } = await this.#handshake.answer(message)
    if (this.#ended) return
    if (message.type !== 'response') this.#requests.queue.begin(message.id)
    if (login !== undefined) {
      this.#deadlines.loggedIn()
      this.#deadlines.idle()
      this.#disconnect = 'served'
      this.#peer.onLogin(login.account.name)
      this.#login = login
      this.#channel.limit = login.limit
      this.#channel.blocks = login.blocks
      this.#channel.limits = { header: LIMITS.headerFromClient, payload: LIMITS.payload }
    }
    void this.#send(reply)
  }

  /** Counts and logs errors that are the client's fault. */
  #judge({ code, message: reason }: TransferError): void {
    const { address } = this.#peer
    const account = this.#login?.account.name
    if (code === 'protocol') {
      this.#disconnect = 'violation'
      this.#guards.log.warn({ address, account, reason }, 'protocol violation')
    } else if ((code === 'login' || this.#handshake.isWrong) && this.#login === undefined) {
      if (!this.#handshake.isProven) this.#disconnect = 'refused'
      this.#guards.logins.refused(this.#handshake.user, this.#handshake.origin)
    } else if (code === 'timeout') {
      if (this.#login === undefined) this.#disconnect = 'late'
      else this.#guards.log.info({ address, account, reason }, 'connection timed out')
    }
  }

  /** Never rejects: if the client is gone, the close event ends everything. */
  async #send(message: object): Promise<void> {
    await this.#channel.send(message).catch(() => {})
  }

  /** Reports an error and ends the conversation. Only the first call has an effect. */
  #fail(error: TransferError): void {
    if (this.#ended) return
    this.#ended = true
    this.#deadlines.loggedIn()
    this.#judge(error)
    if (error.code === 'internal') this.#guards.onFault(error)
    void this.#send(errorReply(error))
    this.#channel.end()
    this.#requests.end(error)
  }
}
