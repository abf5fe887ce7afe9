import type net from 'node:net'
import {
  type AccountInfo,
  type Frame,
  FrameDecoder,
  type Incoming,
  LIMITS,
  parseReply,
  type ScramLogin,
  TransferError,
} from '@ftp/protocol'
import { Exchange, isLast, type NewRequest, type Part } from './exchange.ts'
import { explainSilence, handshake } from './handshake.ts'
import { Outgoing } from './outgoing.ts'
import { type RateLimit, SLICE } from './rate-limit.ts'
import type { KeyPolicy } from './secure.ts'
import { type Address, openSocket } from './socket.ts'
import { UnhurriedReading } from './unhurried-reading.ts'

/** How often the server hears of a client whose block is still arriving, in milliseconds. */
const ALIVE_MS = 1_000

/** Pages of a listing that may wait to be read before the server has to wait too. */
const PAGES = 16

export interface ConnectOptions extends Address {
  /** How long to wait for the connection, and for any byte while an answer is due. Milliseconds. */
  readonly timeoutMs: number
  readonly signal: AbortSignal
  /** Decides about the server's key; without it the connection is not encrypted. */
  readonly key?: KeyPolicy | undefined
  /** Who logs in; without it `anonymous`. */
  readonly login?: ScramLogin | undefined
  /** Default: as fast as it goes. */
  readonly limit?: RateLimit | undefined
}

/** A logged-in connection to a server. Requests may be sent before earlier ones are answered. */
export class Connection implements Disposable {
  readonly #socket: net.Socket
  readonly #decoder: FrameDecoder
  readonly #exchanges = new Map<number, Exchange>()
  readonly #outgoing: Outgoing
  readonly #reading: UnhurriedReading | undefined
  readonly #timeoutMs: number
  #lastId = 0
  #heard = false
  #failure: TransferError | undefined
  #account: AccountInfo | undefined

  private constructor(socket: net.Socket, decoder: FrameDecoder, { timeoutMs, limit }: ConnectOptions) {
    this.#socket = socket
    this.#timeoutMs = timeoutMs
    this.#decoder = decoder
    this.#outgoing = new Outgoing(socket, limit)
    this.#reading = limit && new UnhurriedReading(socket, limit)
    // Makes the socket read; what it reads goes to the decoder's room.
    socket.resume()
    socket.on('error', (error) =>
      this.#fail(new TransferError('lost', `the connection broke: ${error.message}`, { cause: error })),
    )
    socket.on('close', () => this.#fail(new TransferError('lost', 'the server closed the connection')))
    socket.setTimeout(timeoutMs, () => {
      if (this.#exchanges.size > 0)
        this.#fail(new TransferError('timeout', `the server said nothing for ${timeoutMs / 1000} s`))
    })
  }

  /**
   * Connects and logs in.
   * @throws TransferError `lost`, `login`, `version`, `protocol` when it is no FTX server
   */
  static async open(options: ConnectOptions): Promise<Connection> {
    const { timeoutMs, signal, key, limit } = options
    const decoder = new FrameDecoder({ header: LIMITS.headerFromServer, payload: LIMITS.payload })
    // Servers do not speak first: what arrives before there is a connection to take it is nothing to be read.
    let receive = (_count: number): void => {}
    const incoming: Incoming = {
      room: () => (limit ? decoder.room.subarray(0, SLICE) : decoder.room),
      took: (count) => receive(count),
    }
    const secure =
      key && (await (await import('./secure.ts')).openSecure(options, timeoutMs, key, signal, incoming))
    const socket = secure?.socket ?? (await openSocket(options, timeoutMs, signal, incoming))
    const connection = new Connection(socket, decoder, options)
    receive = (count) => connection.#receive(count)
    const stop = (): void => connection.#fail(new TransferError('cancelled', 'interrupted'))
    signal.addEventListener('abort', stop, { once: true })
    // A signal lives longer than a connection and must not hold on to it.
    connection.#socket.once('close', () => signal.removeEventListener('abort', stop))
    try {
      signal.throwIfAborted()
      const request = (message: NewRequest): Exchange => connection.request(message)
      connection.#account = await handshake(request, options.login, secure?.binding())
      if (secure !== undefined) key?.accepted(secure.fingerprint)
      return connection
    } catch (error) {
      connection[Symbol.dispose]()
      throw connection.#heard ? error : explainSilence(error, options)
    }
  }

  /** Who is logged in. */
  get account(): AccountInfo {
    if (this.#account === undefined) throw new TransferError('internal', 'not logged in')
    return this.#account
  }

  /** False once it is lost. */
  get usable(): boolean {
    return this.#failure === undefined
  }

  /** Sends a request; its replies come from the exchange. */
  request(request: NewRequest, payload?: Uint8Array): Exchange {
    const id = ++this.#lastId
    const exchange = new Exchange((part: Part, bytes?: Uint8Array, sent?: () => void) =>
      this.#outgoing.send({ id, ...part }, bytes, sent),
    )
    if (this.#failure !== undefined) exchange.fail(this.#failure)
    else this.#exchanges.set(id, exchange)
    this.#outgoing
      .send({ id, ...request }, payload)
      .catch((error: unknown) => exchange.fail(TransferError.from(error)))
    return exchange
  }

  [Symbol.dispose](): void {
    this.#fail(new TransferError('lost', 'the connection was closed'))
  }

  #receive(count: number): void {
    if (this.#failure !== undefined) return
    try {
      for (const frame of this.#decoder.took(count)) this.#dispatch(frame)
      this.#sayAlive()
      this.#reading?.took(count)
    } catch (error) {
      this.#fail(TransferError.from(error))
    }
  }

  #dispatch({ header, payload }: Frame): void {
    const reply = parseReply(header)
    this.#heard = true
    if (reply.type === 'error' && reply.id === undefined) throw new TransferError(reply.code, reply.message)
    const exchange = reply.id === undefined ? undefined : this.#exchanges.get(reply.id)
    if (exchange === undefined) throw new TransferError('protocol', 'the server answered what nobody asked')
    const last = isLast(reply)
    if (last && reply.id !== undefined) this.#exchanges.delete(reply.id)
    exchange.deliver({ reply, payload }, last)
    if (reply.type === 'entries' && exchange.unread >= PAGES) this.#waitFor(exchange)
  }

  /** A listing may be longer than memory is large: nothing comes until what has come has been read. */
  #waitFor(exchange: Exchange): void {
    this.#socket.pause()
    this.#socket.setTimeout(0)
    exchange.onRead = () => {
      if (exchange.unread > PAGES / 2) return
      exchange.onRead = () => {}
      this.#socket.setTimeout(this.#timeoutMs)
      this.#socket.resume()
    }
  }

  /** One block may take minutes on a slow line; the server must not take that for silence. */
  #sayAlive(): void {
    if (this.#outgoing.silence < ALIVE_MS) return
    for (const exchange of this.#exchanges.values()) exchange.sayAlive()
  }

  /** The first reason counts. */
  #fail(failure: TransferError): void {
    if (this.#failure !== undefined) return
    this.#failure = failure
    this.#decoder.discard()
    this.#socket.destroy()
    this.#reading?.[Symbol.dispose]()
    this.#outgoing.fail(failure)
    for (const exchange of this.#exchanges.values()) exchange.fail(failure)
    this.#exchanges.clear()
  }
}
