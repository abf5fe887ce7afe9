import { randomInt } from 'node:crypto'
import net, { type Socket } from 'node:net'
import { errnoOf, TransferError } from '@ftp/protocol'
import type { PortRange } from '../../../config.ts'
import type { DataSource } from '../session/data-source.ts'
import { isSameHost } from '../wire/address.ts'
import { Refusal } from '../wire/reply.ts'

/** How long a client may take to connect, in milliseconds. */
const CONNECT_MS = 30_000
/** The maximum number of ports that are tried. */
const TRIES = 100

export interface PassiveOptions {
  /** The address on which to listen: the one that the client has reached. */
  readonly host: string
  /** The only address from which a connection is taken. */
  readonly peer: string
  /** The ports to choose from; undefined for any. */
  readonly range: PortRange | undefined
}

/**
 * Waits on a port for one connection of the client. A connection from any other address is closed, unread, and
 * the wait goes on.
 */
export class Passive implements DataSource {
  readonly #server: net.Server
  readonly #arrived = Promise.withResolvers<Socket>()
  readonly #timer: NodeJS.Timeout
  #socket: Socket | undefined
  #isTaken = false

  /** @throws Refusal 425 if no port is free */
  static async listen(options: PassiveOptions): Promise<Passive> {
    for (const port of portsOf(options.range)) {
      const server = net.createServer({ pauseOnConnect: true, allowHalfOpen: true, noDelay: true })
      if (await begin(server, port, options.host)) return new Passive(server, options.peer)
    }
    throw new Refusal(425, 'no port is free for data connections; try again in a moment')
  }

  private constructor(server: net.Server, peer: string) {
    this.#server = server
    // Nobody may wait for the connection yet.
    this.#arrived.promise.catch(() => {})
    this.#timer = setTimeout(() => this.#give('no data connection came in time'), CONNECT_MS)
    server.on('connection', (socket) => this.#take(socket, peer)).on('error', () => {})
  }

  get port(): number {
    const address = this.#server.address()
    if (address === null || typeof address === 'string')
      throw new TransferError('internal', 'no port is listened on')
    return address.port
  }

  async connect(signal: AbortSignal): Promise<Socket> {
    const stop = (): void => this.#arrived.reject(signal.reason)
    signal.addEventListener('abort', stop)
    try {
      signal.throwIfAborted()
      const socket = await this.#arrived.promise
      this.#isTaken = true
      return socket
    } finally {
      signal.removeEventListener('abort', stop)
    }
  }

  #take(socket: Socket, peer: string): void {
    socket.on('error', () => {})
    // The address is unknown if the connection has been lost already.
    if (this.#socket !== undefined || !isSameHost(socket.remoteAddress ?? '', peer)) {
      socket.resetAndDestroy()
      return
    }
    this.#socket = socket
    clearTimeout(this.#timer)
    this.#server.close()
    this.#arrived.resolve(socket)
  }

  #give(reason: string): void {
    clearTimeout(this.#timer)
    this.#server.close()
    this.#arrived.reject(new Refusal(425, reason))
  }

  [Symbol.dispose](): void {
    this.#give('the data connection was given up')
    if (!this.#isTaken) this.#socket?.destroy()
  }
}

/** Ports to try, in an order that nobody can guess. */
function* portsOf(range: PortRange | undefined): Generator<number> {
  if (range === undefined) return yield 0
  const count = range.last - range.first + 1
  const start = randomInt(count)
  for (let i = 0; i < Math.min(count, TRIES); i++) yield range.first + ((start + i) % count)
}

/** @returns whether the port was free */
async function begin(server: net.Server, port: number, host: string): Promise<boolean> {
  try {
    await new Promise<void>((resolve, reject) => {
      server.once('error', reject).listen({ port, host, backlog: 8 }, resolve)
    })
    server.removeAllListeners('error')
    return true
  } catch (error) {
    server.close()
    if (errnoOf(error) === 'EADDRINUSE') return false
    throw new Refusal(425, 'no data connection can be opened now')
  }
}
