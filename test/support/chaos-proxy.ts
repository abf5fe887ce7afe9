import { once } from 'node:events'
import net from 'node:net'

export type Direction = 'up' | 'down'

/** How the proxy treats the bytes of one direction of one connection. Offsets count from its first byte. */
export interface Treatment {
  /** Pass this many bytes, then end both sides of the connection. */
  readonly cutAfter?: number
  /**
   * How the connection ends: like that of a program that closes it (`fin`), or like that of one that dies
   * (`rst`). Default: `fin`.
   */
  readonly cutWith?: 'fin' | 'rst'
  /** Pass this many bytes, then hold the rest back until {@link ChaosProxy.release}. */
  readonly stallAfter?: number
  /** The bits to invert, as `offset * 8 + bit`. */
  readonly flip?: readonly number[]
  readonly bytesPerSecond?: number
  /** By how much all bytes are delayed, in milliseconds, as on a long line. */
  readonly delayMs?: number
}

/** How the proxy treats one connection: the bytes of the client go up, those of the server down. */
export interface Plan {
  readonly up?: Treatment
  readonly down?: Treatment
  /**
   * Whether one side is kept from learning that the other has closed, as in a network whose cable has been
   * pulled.
   */
  readonly halfOpen?: boolean
  /**
   * How long, in milliseconds, the connection may be silent once a bit has been inverted. Then it is cut: with a damaged
   * header, both sides may wait for each other.
   */
  readonly silentMs?: number
  /** Called with every chunk as its sender sent it. */
  readonly watch?: (direction: Direction, chunk: Buffer) => void
}

/** A TCP proxy on this machine that can count, cut, stall, corrupt and slow what passes through it. */
export class ChaosProxy implements AsyncDisposable {
  /** How many bytes have come from each side, over all connections. */
  readonly bytes = { up: 0, down: 0 }
  /** How many connections there have been. */
  connections = 0
  /** How many directions have reached their stall. */
  stalls = 0
  readonly #listener: net.Server
  readonly #links = new Set<Link>()
  readonly #waiting = new Set<{ direction: Direction; bytes: number; resolve: () => void }>()
  #stalled = Promise.withResolvers<void>()

  private constructor(target: () => number, planOf: (connection: number) => Plan) {
    this.#listener = net.createServer({ allowHalfOpen: true }, (client) => {
      const server = net.connect({ port: target(), host: '127.0.0.1', allowHalfOpen: true })
      const onBytes = (direction: Direction, count: number): void => this.#count(direction, count)
      const onStall = (): void => {
        this.stalls++
        this.#stalled.resolve()
      }
      this.#links.add(new Link(client, server, planOf(this.connections++), onBytes, onStall))
    })
  }

  /**
   * @param target the port of the server; a function if the server may be restarted at another port
   * @param planOf how to treat the connection with this number, counted from 0
   */
  static async start(
    target: number | (() => number),
    planOf: (connection: number) => Plan = () => ({}),
  ): Promise<ChaosProxy> {
    const proxy = new ChaosProxy(typeof target === 'function' ? target : () => target, planOf)
    await once(proxy.#listener.listen(0, '127.0.0.1'), 'listening')
    return proxy
  }

  get port(): number {
    const address = this.#listener.address()
    if (address === null || typeof address === 'string') throw new Error('the proxy does not listen')
    return address.port
  }

  /** Resolves when a direction has reached its stall. */
  get stalled(): Promise<void> {
    return this.#stalled.promise
  }

  /** Resolves when this many bytes have come in this direction, over all connections. */
  async passed(direction: Direction, bytes: number): Promise<void> {
    if (this.bytes[direction] >= bytes) return
    await new Promise<void>((resolve) => this.#waiting.add({ direction, bytes, resolve }))
  }

  /** Lets everything that is stalled flow again. */
  release(): void {
    this.#stalled = Promise.withResolvers()
    for (const link of this.#links) link.release()
  }

  /** Ends every connection at once. */
  cut(how: 'fin' | 'rst' = 'rst'): void {
    for (const link of this.#links) link.cut(how)
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.cut()
    await new Promise((resolve) => this.#listener.close(resolve))
  }

  #count(direction: Direction, count: number): void {
    this.bytes[direction] += count
    for (const waiting of this.#waiting) {
      if (waiting.direction !== direction || this.bytes[direction] < waiting.bytes) continue
      this.#waiting.delete(waiting)
      waiting.resolve()
    }
  }
}

/** One connection through the proxy. */
class Link {
  readonly #sockets: Readonly<Record<Direction, net.Socket>>
  readonly #plan: Plan
  readonly #held: { direction: Direction; bytes: Buffer }[] = []
  readonly #passed = { up: 0, down: 0 }
  readonly #onStall: () => void
  #isDamaged = false
  #silence: NodeJS.Timeout | undefined
  #released = false
  #cut = false

  constructor(
    client: net.Socket,
    server: net.Socket,
    plan: Plan,
    onBytes: (direction: Direction, count: number) => void,
    onStall: () => void,
  ) {
    // Bytes that go up come from the client.
    this.#sockets = { up: client, down: server }
    this.#plan = plan
    this.#onStall = onStall
    for (const direction of ['up', 'down'] as const) {
      const [from, to] = [this.#sockets[direction], this.#sockets[direction === 'up' ? 'down' : 'up']]
      from.setNoDelay(true)
      from.on('data', (chunk: Buffer) => {
        onBytes(direction, chunk.length)
        plan.watch?.(direction, chunk)
        if (!this.#cut) this.#take(direction, chunk)
        this.#expectMore()
      })
      from.on('end', () => plan.halfOpen || to.end())
      from.on('error', () => {})
      from.on('close', () => {
        clearTimeout(this.#silence)
        if (!plan.halfOpen) to.destroy()
      })
      to.on('drain', () => from.resume())
    }
  }

  release(): void {
    this.#released = true
    for (const { direction, bytes } of this.#held.splice(0)) this.#pass(direction, bytes)
    for (const socket of Object.values(this.#sockets)) socket.resume()
  }

  cut(how: 'fin' | 'rst'): void {
    this.#cut = true
    for (const socket of Object.values(this.#sockets)) {
      if (how === 'rst') socket.resetAndDestroy()
      else socket.end().resume()
    }
  }

  /** Puts off the cut for silence. */
  #expectMore(): void {
    clearTimeout(this.#silence)
    const { silentMs } = this.#plan
    if (this.#isDamaged && !this.#cut && silentMs !== undefined)
      this.#silence = setTimeout(() => this.cut('rst'), silentMs)
  }

  #take(direction: Direction, chunk: Buffer): void {
    const { cutAfter = Infinity, stallAfter = Infinity, cutWith = 'fin' } = this.#plan[direction] ?? {}
    const border = this.#released ? cutAfter : Math.min(cutAfter, stallAfter)
    const room = border - this.#passed[direction]
    this.#pass(direction, chunk.subarray(0, Math.max(0, Math.min(room, chunk.length))))
    if (room > chunk.length) return
    if (border === cutAfter) return this.cut(cutWith)
    this.#held.push({ direction, bytes: chunk.subarray(Math.max(0, room)) })
    this.#sockets[direction].pause()
    if (room > 0) this.#onStall()
  }

  #pass(direction: Direction, bytes: Buffer): void {
    const start = this.#passed[direction]
    this.#passed[direction] += bytes.length
    const { flip = [], bytesPerSecond, delayMs } = this.#plan[direction] ?? {}
    for (const bit of flip) {
      const at = Math.floor(bit / 8) - start
      if (at < 0 || at >= bytes.length) continue
      bytes[at] = (bytes[at] ?? 0) ^ (1 << (bit % 8))
      this.#isDamaged = true
    }
    const [from, to] = [this.#sockets[direction], this.#sockets[direction === 'up' ? 'down' : 'up']]
    if (delayMs !== undefined) setTimeout(() => to.write(bytes), delayMs)
    else if (!to.write(bytes)) from.pause()
    if (bytesPerSecond === undefined || bytes.length === 0) return
    from.pause()
    setTimeout(() => from.resume(), (bytes.length / bytesPerSecond) * 1000)
  }
}
