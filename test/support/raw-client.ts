import net from 'node:net'
import tls from 'node:tls'
import {
  ALPN,
  encodeFrame,
  type Frame,
  FrameDecoder,
  LIMITS,
  PROTOCOL_VERSION,
  parseReply,
  type Reply,
  ScramClient,
  type ScramLogin,
  scramMechanism,
  TLS_EXPORTER,
} from '@ftp/protocol'
import { keysOf } from './keys.ts'

/** A reply as it arrived, with its payload. */
export interface Received<T extends Reply = Reply> {
  readonly reply: T
  readonly payload: Uint8Array
}

/** The address to connect to. */
export interface Destination {
  readonly host: string
  readonly port: number
  /** The address of this machine to connect from. */
  readonly localAddress?: string
  /** Whether to use TLS. Default: false. */
  readonly secure?: boolean
}

type ReplyOf<T extends Reply['type']> = Extract<Reply, { type: T }>

/** How long an answer may take, in milliseconds. It serves only to name what never came. */
const PATIENCE_MS = 120_000

/**
 * The client of PROTOCOL.md and nothing more. It sends any frame or bytes, and checks only that it receives
 * frames of the protocol. A received frame waits until it is asked for.
 */
export class RawClient implements AsyncDisposable {
  readonly socket: net.Socket
  readonly #decoder = new FrameDecoder({ header: LIMITS.headerFromServer, payload: LIMITS.payload })
  readonly #received: Received[] = []
  #lastId = 0
  #failure: unknown
  #closed = false
  #wake: () => void = () => {}

  private constructor(socket: net.Socket) {
    this.socket = socket
    socket.on('data', (chunk: Buffer) => {
      try {
        for (const frame of this.#decoder.push(chunk)) this.#received.push(read(frame))
      } catch (error) {
        this.#failure ??= error
      }
      this.#wake()
    })
    socket.on('error', () => {})
    socket.on('close', () => {
      this.#closed = true
      this.#wake()
    })
  }

  /** Connects without sending anything. */
  static async connect({ host, port, localAddress, secure = false }: Destination): Promise<RawClient> {
    const tcp = net.connect({
      host,
      port,
      noDelay: true,
      ...(localAddress !== undefined && { localAddress }),
    })
    const socket = secure
      ? tls.connect({ socket: tcp, ALPNProtocols: [ALPN], rejectUnauthorized: false })
      : tcp
    const client = new RawClient(socket)
    await new Promise<void>((resolve, reject) => {
      tcp.once('error', reject)
      socket.once(secure ? 'secureConnect' : 'connect', resolve).once('error', reject)
    })
    return client
  }

  /** Connects and logs in anonymously. */
  static async login(server: Destination): Promise<RawClient> {
    const client = await RawClient.connect(server)
    client.hello()
    client.request({ type: 'login', mechanism: 'ANONYMOUS' })
    await client.take('welcome')
    await client.take('accepted')
    return client
  }

  /** Connects and logs in with a password. */
  static async loginAs(server: Destination, user: string, password: string): Promise<RawClient> {
    const client = await RawClient.connect(server)
    client.hello()
    await client.take('welcome')
    await client.prove(user, password)
    return client
  }

  /** Logs in with a password, after `hello`. */
  async prove(user: string, password: string): Promise<Received<ReplyOf<'accepted'>>> {
    const keys: ScramLogin['keys'] = (salt, iterations) => keysOf(password, salt, iterations)
    const scram = new ScramClient({ user, keys }, this.binding)
    const mechanism = scramMechanism(this.binding !== undefined)
    const id = this.request({ type: 'login', mechanism, message: scram.first() })
    const { reply } = await this.take('challenge')
    this.send({ id, type: 'response', message: await scram.final(reply.message) })
    const accepted = await this.take('accepted')
    scram.verify(accepted.reply.message)
    return accepted
  }

  /** The data that a login over TLS is bound to; undefined in plaintext. */
  get binding(): Uint8Array | undefined {
    const { length, label } = TLS_EXPORTER
    if (!(this.socket instanceof tls.TLSSocket)) return undefined
    return this.socket.exportKeyingMaterial(length, label, Buffer.alloc(0))
  }

  hello(): number {
    return this.request({ type: 'hello', versions: [PROTOCOL_VERSION], client: 'raw-client' })
  }

  /** Says that ids up to this one have been used, by frames that were sent unchanged. */
  used(id: number): void {
    this.#lastId = Math.max(this.#lastId, id)
  }

  /** Sends a request with the next id. @returns the id */
  request(request: { type: string; [field: string]: unknown }, payload?: Uint8Array): number {
    this.#lastId++
    this.send({ id: this.#lastId, ...request }, payload)
    return this.#lastId
  }

  /** Sends a frame unchanged. */
  send(header: object, payload?: Uint8Array): void {
    this.write(encodeFrame(header, payload))
  }

  /** Sends bytes unchanged. */
  write(bytes: Uint8Array): void {
    this.socket.write(bytes)
  }

  /** Resolves when the system has accepted everything that was sent. */
  async sent(): Promise<void> {
    await new Promise<void>((resolve) => this.socket.write('', () => resolve()))
  }

  /** Waits for the next reply. @returns undefined if the server has closed the connection */
  async next(): Promise<Received | undefined> {
    const late = AbortSignal.timeout(PATIENCE_MS)
    late.addEventListener('abort', () => this.#wake())
    for (;;) {
      const received = this.#received.shift()
      if (received !== undefined) return received
      if (this.#failure !== undefined) throw this.#failure
      if (this.#closed) return undefined
      if (late.aborted) throw new Error('the server says nothing')
      await new Promise<void>((resolve) => {
        this.#wake = resolve
      })
    }
  }

  /** Takes the next reply except for `progress`; it must be of this type. */
  async take<T extends Reply['type']>(type: T): Promise<Received<ReplyOf<T>>> {
    for (;;) {
      const received = await this.next()
      if (received === undefined) throw new Error(`the connection was closed where ${type} was expected`)
      if (received.reply.type === 'progress' && type !== 'progress') continue
      if (!is(received, type))
        throw new Error(`${type} was expected, not ${JSON.stringify(received.reply).slice(0, 500)}`)
      return received
    }
  }

  /** Takes the next reply of this type. Only `ack` and `progress` may come before it. */
  async takePastAcks<T extends Reply['type']>(type: T): Promise<Received<ReplyOf<T>>> {
    for (;;) {
      const received = await this.next()
      if (received !== undefined && is(received, type)) return received
      if (received?.reply.type !== 'ack' && received?.reply.type !== 'progress')
        throw new Error(`${type} was expected, not ${JSON.stringify(received?.reply)?.slice(0, 500)}`)
    }
  }

  /** Sends a request and takes its only reply. */
  async ask<T extends Reply['type']>(
    request: { type: string; [field: string]: unknown },
    type: T,
    payload?: Uint8Array,
  ): Promise<ReplyOf<T>> {
    const id = this.request(request, payload)
    const { reply } = await this.take(type)
    if (reply.id !== id) throw new Error(`request ${id} got a reply of ${reply.id}`)
    return reply
  }

  /** Takes everything up to the end of the connection. */
  async rest(): Promise<Received[]> {
    const all: Received[] = []
    for (let received = await this.next(); received !== undefined; received = await this.next())
      all.push(received)
    return all
  }

  async [Symbol.asyncDispose](): Promise<void> {
    if (this.#closed) return
    const closed = new Promise((resolve) => this.socket.once('close', resolve))
    this.socket.destroy()
    await closed
  }
}

function read({ header, payload }: Frame): Received {
  return { reply: parseReply(header), payload: payload.bytes }
}

function is<T extends Reply['type']>(received: Received, type: T): received is Received<ReplyOf<T>> {
  return received.reply.type === type
}
