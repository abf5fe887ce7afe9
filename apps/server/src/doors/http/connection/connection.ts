import type { IncomingMessage, ServerResponse } from 'node:http'
import type { Socket } from 'node:net'
import { setImmediate } from 'node:timers/promises'
import { TransferError } from '@ftp/protocol'
import { Deadlines } from '../../../guards/deadlines.ts'
import type { Disconnect } from '../../../guards/disconnect.ts'
import { type Refusal, Refused } from '../../../guards/refusal.ts'
import { Throttle } from '../../../guards/throttle.ts'
import { type Guards, loginTime, type Peer, type Served } from '../../door.ts'
import { closeSoon } from '../../sending/close-soon.ts'
import { Outgoing } from '../../sending/outgoing.ts'
import { Exchange, type ExchangeContext } from './exchange.ts'
import { linger } from './linger.ts'
import { problemOf } from './problem.ts'
import { Visitor } from './visitor.ts'

/** How long a connection may wait for its next request, in milliseconds. */
const IDLE_MS = 60_000
/** The maximum number of requests that may wait for the answer to an earlier one. */
const MOST_WAITING = 32

/** Answers a request. Errors that it throws become answers, too, if none has begun. */
export type Handler = (exchange: Exchange, visitor: Visitor) => Promise<void>

/** One connection of HTTP: its requests are answered one after the other. */
export class Connection implements Served {
  readonly #socket: Socket
  readonly #peer: Peer
  readonly #guards: Guards
  readonly #handle: Handler
  readonly #visitor: Visitor
  readonly #deadlines: Deadlines
  readonly #context: ExchangeContext
  readonly #waiting: Exchange[] = []
  #current: Exchange | undefined
  /** The exchange that was running at the previous check. */
  #checked: Exchange | undefined
  #disconnect: Disconnect = 'silent'
  #refusal: Refusal | undefined
  /** The end of a refused connection, unless it logs in. */
  #closing: Disposable | undefined
  #isDraining = false

  constructor(socket: Socket, peer: Peer, guards: Guards, handle: Handler) {
    this.#socket = socket
    this.#peer = peer
    this.#guards = guards
    this.#handle = handle
    const isEncrypted = 'encrypted' in socket
    this.#context = {
      guards,
      address: peer.address,
      isEncrypted,
      outgoing: new Outgoing(socket, {
        throttle: new Throttle(),
        owner: () => this.#visitor.owner,
      }),
    }
    this.#visitor = new Visitor(guards.logins, peer.address, {
      onLogin: (account) => this.#loggedIn(account),
      onWrong: () => {
        this.#disconnect = 'refused'
      },
    })
    const owes = (): boolean =>
      this.#current !== undefined && (this.#current.body.isAwaited || socket.writableLength > 0)
    const { idle, ...timeouts } = guards.timeouts
    this.#deadlines = new Deadlines(
      socket,
      { ...timeouts, idle: Math.min(idle, IDLE_MS), login: loginTime(guards, peer) },
      { owes, rests: () => this.#current !== undefined && !owes() },
      (reason) => this.#late(reason),
    )
    this.#deadlines.idle()
    socket.on('error', () => {})
    socket.once('close', () => this.#closed())
  }

  /** Takes a request, whose answer waits for those before it. */
  take(request: IncomingMessage, response: ServerResponse, isExpected: boolean): void {
    // A client that has sent a complete request is not a scanner, whatever the answer will be.
    if (this.#disconnect === 'silent') this.#disconnect = 'served'
    const exchange = new Exchange(request, response, this.#context, isExpected)
    if (this.#isDraining) exchange.isLast = true
    if (this.#waiting.length >= MOST_WAITING) return this.reject('429 Too Many Requests')
    this.#waiting.push(exchange)
    if (this.#current === undefined) void this.#serve()
  }

  /**
   * Closes the connection of a client that has broken a rule of HTTP.
   * @param status the status of the answer, unless another answer has begun
   */
  reject(status: string): void {
    this.#disconnect = 'violation'
    const socket = this.#socket
    if (this.#current?.response.headersSent === true || !socket.writable) return void socket.destroy()
    socket.end(`HTTP/1.1 ${status}\r\nConnection: close\r\nContent-Length: 0\r\n\r\n`)
    closeSoon(socket)
  }

  drain(): void {
    this.#isDraining = true
    if (this.#current === undefined) this.#socket.destroy()
    else if (!this.#current.response.headersSent) this.#current.isLast = true
  }

  drop(refusal: Refusal): void {
    if (this.#visitor.isLoggedIn) return
    this.#refusal = refusal
    this.#visitor.refuse(refusal)
    // A client that has not sent a request yet is told the reason only if its first request comes soon.
    if (this.#current === undefined) this.#closing = closeSoon(this.#socket)
  }

  recheck(): void {
    const current = this.#current
    if (current !== undefined && current === this.#checked)
      this.#visitor.recheck().catch((error: unknown) => {
        current.abort(TransferError.from(error))
        this.#socket.destroy()
      })
    this.#checked = current
  }

  /** Blocks of an answer are released by their payload, and those of a body by the upload. */
  yieldMemory(): void {}

  async #serve(): Promise<void> {
    for (let next = this.#waiting.shift(); next !== undefined; next = this.#waiting.shift()) {
      this.#current = next
      this.#deadlines.answering()
      await this.#answer(next)
      if (this.#socket.destroyed) return
      if (next.isLast || this.#isDraining) return linger(this.#socket, next.request)
      // Others have their turn before the next request of this connection.
      await setImmediate()
    }
    this.#current = undefined
    this.#checked = undefined
    this.#deadlines.idle()
  }

  /** Never rejects. */
  async #answer(exchange: Exchange): Promise<void> {
    const { response } = exchange
    const finished = new Promise<void>((resolve) => response.once('close', resolve))
    try {
      if (this.#refusal?.except.length === 0) throw new Refused(this.#refusal)
      await this.#handle(exchange, this.#visitor)
    } catch (error) {
      this.#fail(exchange, error)
    }
    if (!response.writableEnded) response.destroy()
    await finished
  }

  #fail(exchange: Exchange, error: unknown): void {
    const failure = TransferError.from(error)
    if (failure.code === 'internal') this.#guards.onFault(failure)
    const { response } = exchange
    // A request that has taken too long has been answered already.
    if (response.writableEnded) return
    if (failure.code === 'timeout' || failure.code === 'busy') exchange.isLast = true
    // An answer that has begun can only be broken off, so that nobody takes it for complete.
    if (response.headersSent || failure.code === 'lost' || this.#socket.destroyed) this.#socket.destroy()
    else exchange.refuse(problemOf(failure))
  }

  #loggedIn(account: string): void {
    this.#closing?.[Symbol.dispose]()
    this.#deadlines.loggedIn()
    this.#peer.onLogin(account)
  }

  #late(reason: TransferError): void {
    const { address } = this.#peer
    if (this.#current !== undefined) {
      this.#guards.log.info(
        { address, account: this.#visitor.account, reason: reason.message },
        'connection timed out',
      )
      this.#current.abort(reason)
      if (!this.#current.response.headersSent) return this.#fail(this.#current, reason)
    } else if (this.#disconnect === 'silent' && !this.#isUnused) this.#disconnect = 'late'
    this.#socket.destroy()
  }

  /** A browser may connect before it has anything to ask for. */
  get #isUnused(): boolean {
    return this.#socket.bytesRead === 0
  }

  #closed(): void {
    if (this.#disconnect === 'silent' && this.#isUnused) this.#disconnect = 'served'
    this.#deadlines[Symbol.dispose]()
    const reason = new TransferError('lost', 'the client closed the connection')
    this.#current?.abort(reason)
    for (const exchange of this.#waiting.splice(0)) exchange.abort(reason)
    this.#peer.onClose(this.#disconnect)
  }
}
