import { Hasher } from '@ftp/md5/hasher'
import { DEFAULT_PORT } from '@ftp/protocol'
import { Connection, type ConnectOptions } from '../connection/connection.ts'

/** The connections to one server: opened when needed, used again, replaced when lost. */
export class ConnectionPool implements Disposable {
  readonly #options: ConnectOptions
  /** Of everything that is done over them. */
  readonly #hasher = new Hasher()
  readonly #idle: Connection[] = []
  readonly #all = new Set<Connection>()
  #reached = false

  constructor(options: ConnectOptions) {
    this.#options = options
  }

  /** Whether the server has ever answered. */
  get reached(): boolean {
    return this.#reached
  }

  /** The server: its name, and its port where that is not the usual one. */
  get server(): string {
    const { host, port } = this.#options
    return port === DEFAULT_PORT ? host : `${host}:${port}`
  }

  /** Ended when they are not to be used any more. */
  get signal(): AbortSignal {
    return this.#options.signal
  }

  /** A connection that nobody else uses, until it is given back. */
  async take(): Promise<Connection> {
    for (let connection = this.#idle.pop(); connection !== undefined; connection = this.#idle.pop()) {
      if (connection.usable) return connection
      this.#all.delete(connection)
    }
    const connection = await Connection.open(this.#options, this.#hasher)
    this.#all.add(connection)
    this.#reached = true
    return connection
  }

  giveBack(connection: Connection): void {
    if (connection.usable) this.#idle.push(connection)
    else this.#all.delete(connection)
  }

  /** A place for several users at once. @param signal ends what they do */
  lane(signal: AbortSignal): SharedConnection {
    return new SharedConnection(this, signal)
  }

  [Symbol.dispose](): void {
    for (const connection of this.#all) connection[Symbol.dispose]()
    this.#hasher[Symbol.dispose]()
  }
}

/** A connection that several actions use at once, so that requests need not wait for the replies before them. */
export class SharedConnection implements Disposable {
  readonly #connections: ConnectionPool
  readonly #signal: AbortSignal
  readonly #stop: () => void
  #current: Promise<Connection> | undefined
  #opened: Connection | undefined

  constructor(connections: ConnectionPool, signal: AbortSignal) {
    this.#connections = connections
    this.#signal = signal
    this.#stop = () => this.#opened?.[Symbol.dispose]()
    signal.addEventListener('abort', this.#stop, { once: true })
  }

  /** The connection, where nobody has to wait for it. */
  get opened(): Connection | undefined {
    return this.#opened?.usable ? this.#opened : undefined
  }

  /** The same connection for everybody, and a new one when it is lost. */
  async take(): Promise<Connection> {
    for (;;) {
      const current = this.#current
      const opening = current ?? this.#connections.take()
      this.#current ??= opening
      try {
        const connection = await opening
        this.#opened = connection
        if (connection.usable) return connection
        this.#connections.giveBack(connection)
      } finally {
        // Whoever waited for the same may have replaced it already.
        if (this.#current === opening && !(await isUsable(opening))) this.#current = undefined
      }
    }
  }

  giveBack(): void {}

  [Symbol.dispose](): void {
    this.#signal.removeEventListener('abort', this.#stop)
    this.#opened = undefined
    this.#current?.then(
      (connection) => this.#connections.giveBack(connection),
      () => {},
    )
    this.#current = undefined
  }
}

async function isUsable(opening: Promise<Connection>): Promise<boolean> {
  return await opening.then(
    ({ usable }) => usable,
    () => false,
  )
}
