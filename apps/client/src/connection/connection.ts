import { addAbortListener } from 'node:events'
import type net from 'node:net'
import type { Block } from '@ftp/md5/block'
import type { Hasher } from '@ftp/md5/hasher'
import {
  type AccountInfo,
  type Frame,
  FrameDecoder,
  type Incoming,
  LIMITS,
  parseReply,
  type Reply,
  type ScramLogin,
  TransferError,
} from '@ftp/protocol'
import { Exchange, isLast, type NewRequest, type Part } from './exchange.ts'
import { FrameWriter } from './frame-writer.ts'
import { explainSilence, handshake } from './handshake.ts'
import { PacedReader } from './paced-reader.ts'
import type { RateLimit } from './rate-limit.ts'
import type { KeyPolicy } from './secure.ts'
import { type Address, explainBreak, openSocket } from './socket.ts'

/** How often the server is sent a sign of life while a block is still arriving here, in milliseconds. */
const ALIVE_MS = 1_000

/** How many pages of a listing, or blocks of a file, may be unread before the server has to wait. */
const UNREAD: Readonly<Partial<Record<Reply['type'], number>>> = { entries: 16, data: 2 }

export interface ConnectOptions extends Address {
  /** How long to wait for the connection, and for the next byte while an answer is due, in milliseconds. */
  readonly timeoutMs: number
  /** If it is aborted, the connection is closed. */
  readonly signal: AbortSignal
  /** Decides whether the server's key is accepted. Without it, the connection is not encrypted. */
  readonly key?: KeyPolicy | undefined
  /** The account to log in. Default: `anonymous`. */
  readonly login?: ScramLogin | undefined
  /** Default: no limit. */
  readonly limit?: RateLimit | undefined
}

/** The parts that a connection is made from. */
interface Tools {
  readonly decoder: FrameDecoder
  readonly hasher: Hasher
}

/** A logged-in connection to a server. Requests may be sent before earlier ones are answered. */
export class Connection implements Disposable {
  /** Hashes for the user of the connection. Payloads arrive in blocks of this hasher. */
  readonly hasher: Hasher
  readonly #socket: net.Socket
  readonly #decoder: FrameDecoder
  readonly #exchanges = new Map<number, Exchange>()
  readonly #writer: FrameWriter
  readonly #pacedReader: PacedReader | undefined
  readonly #timeoutMs: number
  #lastId = 0
  #heard = false
  #heardAt = performance.now()
  /** Aborted at the end of the connection, so that nothing waits for a block any longer. */
  readonly #ended = new AbortController()
  /** The reasons why reading is paused; empty while it is not. */
  readonly #pauses = new Set<Exchange | 'memory'>()
  #failure: TransferError | undefined
  #account: AccountInfo | undefined

  private constructor(socket: net.Socket, { decoder, hasher }: Tools, { timeoutMs, limit }: ConnectOptions) {
    this.hasher = hasher
    this.#socket = socket
    this.#timeoutMs = timeoutMs
    this.#decoder = decoder
    this.#writer = new FrameWriter(socket, limit)
    this.#pacedReader = limit && new PacedReader(socket, limit)
    // Makes the socket read; what it reads goes into the decoder's own buffer.
    socket.resume()
    socket.on('error', (error) =>
      this.#fail(new TransferError('lost', explainBreak(error), { cause: error })),
    )
    socket.on('close', () => this.#fail(new TransferError('lost', 'the server closed the connection')))
    socket.setTimeout(timeoutMs, () => {
      if (this.#owes)
        this.#fail(new TransferError('timeout', `the server said nothing for ${timeoutMs / 1000} s`))
      else socket.setTimeout(timeoutMs)
    })
  }

  /**
   * Connects and logs in.
   * @param hasher provides the blocks in which payloads arrive
   * @throws TransferError `lost`; `login`; `version`; `protocol` if the other side is not an FTX server
   */
  static async open(options: ConnectOptions, hasher: Hasher): Promise<Connection> {
    const { timeoutMs, signal, key, limit } = options
    const limits = { header: LIMITS.headerFromServer, payload: LIMITS.payload }
    const decoder = new FrameDecoder(limits, (length) => hasher.blocks.tryTake(length))
    // Servers do not speak first, so bytes that arrive before the connection exists have no meaning and are
    // ignored.
    let receive = (_count: number): void => {}
    const incoming: Incoming = {
      destination: () => (limit ? decoder.destination.subarray(0, limit.slice) : decoder.destination),
      took: (count) => receive(count),
    }
    const secure =
      key && (await (await import('./secure.ts')).openSecure(options, key, { timeoutMs, signal, incoming }))
    const socket = secure?.socket ?? (await openSocket(options, { timeoutMs, signal, incoming }))
    const connection = new Connection(socket, { decoder, hasher }, options)
    receive = (count) => connection.#receive(count)
    const interrupted = new TransferError('aborted', 'interrupted')
    const abort = addAbortListener(signal, () => connection.#fail(interrupted))
    // A signal outlives the connection and must not keep it in memory.
    connection.#socket.once('close', () => abort[Symbol.dispose]())
    try {
      signal.throwIfAborted()
      const request = (message: NewRequest): Exchange => connection.request(message)
      connection.#account = await handshake(request, options.login, {
        ...{ host: options.host, port: options.port },
        binding: secure?.binding(),
      })
      if (secure !== undefined) key?.accepted(secure.fingerprint)
      return connection
    } catch (error) {
      connection[Symbol.dispose]()
      throw connection.#heard ? error : explainSilence(error, options)
    }
  }

  /** The account that is logged in. */
  get account(): AccountInfo {
    if (this.#account === undefined) throw new TransferError('internal', 'not logged in')
    return this.#account
  }

  /** False once the connection is lost. */
  get usable(): boolean {
    return this.#failure === undefined
  }

  /**
   * Whether the server has to answer, or to take what has been sent. While this side waits for its own input,
   * or for the reader of its output, silence is not the server's.
   */
  get #owes(): boolean {
    if (this.#pacedReader?.isResting) return false
    if (this.#socket.writableLength > 0) return true
    for (const { isAwaited } of this.#exchanges.values()) if (isAwaited) return true
    return false
  }

  /** How long nothing has come from the server, in milliseconds; 0 if nothing is expected from it. */
  get silence(): number {
    return this.#owes ? performance.now() - this.#heardAt : 0
  }

  /**
   * Sends a request. Its replies are read from the exchange that is returned. @param payload is taken over
   */
  request(request: NewRequest, payload?: Block): Exchange {
    const id = ++this.#lastId
    const exchange = new Exchange((part: Part, block?: Block) => this.#writer.send({ id, ...part }, block))
    if (this.#failure !== undefined) exchange.fail(this.#failure)
    else this.#exchanges.set(id, exchange)
    this.#writer
      .send({ id, ...request }, payload)
      .catch((error: unknown) => exchange.fail(TransferError.from(error)))
    return exchange
  }

  [Symbol.dispose](): void {
    this.#fail(new TransferError('lost', 'the connection was closed'))
  }

  #receive(count: number): void {
    this.#heardAt = performance.now()
    this.#take(this.#decoder.took(count))
    if (this.#failure === undefined) this.#pacedReader?.took(count)
  }

  #take(frames: Iterable<Frame>): void {
    if (this.#failure !== undefined) return
    try {
      for (const frame of frames) this.#dispatch(frame)
      this.#sayAlive()
      if (!this.#pauses.has('memory') && this.#decoder.wanted !== undefined) void this.#feed()
    } catch (error) {
      this.#fail(TransferError.from(error))
    }
  }

  #dispatch(frame: Frame): void {
    // A consumer that keeps the payload moves it; otherwise it is returned here.
    using payload = frame.payload
    const { header } = frame
    const reply = parseReply(header)
    this.#heard = true
    if (reply.type === 'error' && reply.id === undefined) throw new TransferError(reply.code, reply.message)
    const exchange = reply.id === undefined ? undefined : this.#exchanges.get(reply.id)
    if (exchange === undefined)
      throw new TransferError('protocol', 'the server answered a request that was not made')
    const last = isLast(reply)
    if (last && reply.id !== undefined) this.#exchanges.delete(reply.id)
    exchange.deliver({ reply, payload }, last)
    const most = UNREAD[reply.type] ?? Number.POSITIVE_INFINITY
    if (exchange.unread >= most) this.#waitFor(exchange, most / 2)
  }

  /**
   * A listing or a file may be larger than memory, so reading pauses until no more than `most` of the replies
   * that have arrived are unread. TCP then makes the server wait.
   */
  #waitFor(exchange: Exchange, most: number): void {
    this.#pause(exchange)
    exchange.onRead = () => {
      if (exchange.unread > most) return
      exchange.onRead = () => {}
      this.#resume(exchange)
    }
  }

  /** Pauses reading until there is a block for the payload that has been announced. */
  async #feed(): Promise<void> {
    const { signal } = this.#ended
    this.#pause('memory')
    try {
      for (let { wanted } = this.#decoder; wanted !== undefined; { wanted } = this.#decoder) {
        using block = await this.hasher.blocks.take({ length: wanted, signal })
        signal.throwIfAborted()
        this.#take(this.#decoder.supply(block))
      }
    } catch {
      // The connection is lost, so nobody needs the block any more.
    } finally {
      this.#resume('memory')
    }
  }

  #pause(why: Exchange | 'memory'): void {
    this.#pauses.add(why)
    this.#socket.pause()
    this.#socket.setTimeout(0)
  }

  #resume(why: Exchange | 'memory'): void {
    this.#pauses.delete(why)
    if (this.#pauses.size > 0 || this.#failure !== undefined) return
    this.#socket.setTimeout(this.#timeoutMs)
    this.#socket.resume()
  }

  /** One block may take minutes on a slow line, and the server must not mistake that for silence. */
  #sayAlive(): void {
    if (this.#writer.silence < ALIVE_MS) return
    for (const exchange of this.#exchanges.values()) exchange.sayAlive()
  }

  /** Ends the connection. Only the first failure is kept. */
  #fail(failure: TransferError): void {
    if (this.#failure !== undefined) return
    this.#failure = failure
    this.#ended.abort()
    this.#decoder.discard()
    this.#socket.destroy()
    this.#pacedReader?.[Symbol.dispose]()
    this.#writer.fail(failure)
    for (const exchange of this.#exchanges.values()) exchange.fail(failure)
    this.#exchanges.clear()
  }
}
