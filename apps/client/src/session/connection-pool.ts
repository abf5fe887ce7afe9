import { Hasher } from '@ftp/md5/hasher'
import { TransferError } from '@ftp/protocol'
import { Connection, type ConnectOptions } from '../connection/connection.ts'
import { formatAddress } from '../connection/socket.ts'

/** A connection that its borrower may use until this is disposed of. */
export interface Borrowed extends Disposable {
  readonly connection: Connection
}

/**
 * The connections to one server. They are opened when needed, reused, and replaced when lost. The pool's
 * creator disposes of it.
 */
export class ConnectionPool implements Disposable {
  readonly #options: ConnectOptions
  /** Shared by everything that is done over these connections. */
  readonly #hasher = new Hasher()
  readonly #idle: Connection[] = []
  readonly #all = new Set<Connection>()
  /** Aborted when the pool is disposed of, so that no connection opens after that. */
  readonly #closed = new AbortController()
  #reached = false

  constructor(options: ConnectOptions) {
    this.#options = { ...options, signal: AbortSignal.any([options.signal, this.#closed.signal]) }
  }

  /** Whether the server has ever answered. */
  get reached(): boolean {
    return this.#reached
  }

  /** The server's name, followed by its port if that is not the default one. */
  get server(): string {
    return formatAddress(this.#options)
  }

  /** The address at which a browser finds the server. */
  get origin(): string {
    const { host, port, key } = this.#options
    return `${key === undefined ? 'http' : 'https'}://${host.includes(':') ? `[${host}]` : host}:${port}`
  }

  /** Aborted when the connections must no longer be used. */
  get signal(): AbortSignal {
    return this.#options.signal
  }

  /** Borrows a connection that nobody else uses until it is returned. */
  async borrow(): Promise<Borrowed> {
    const connection = this.#takeIdle() ?? (await this.#open())
    return { connection, [Symbol.dispose]: () => this.#giveBack(connection) }
  }

  /** Closes all connections, also those that are being opened. */
  [Symbol.dispose](): void {
    for (const connection of this.#all) connection[Symbol.dispose]()
    this.#closed.abort(new TransferError('lost', 'the connection to the server has been closed'))
    this.#hasher[Symbol.dispose]()
  }

  #takeIdle(): Connection | undefined {
    for (let connection = this.#idle.pop(); connection !== undefined; connection = this.#idle.pop()) {
      if (connection.usable) return connection
      this.#all.delete(connection)
    }
    return undefined
  }

  async #open(): Promise<Connection> {
    const { signal } = this.#closed
    const connection = await Connection.open(this.#options, this.#hasher).catch((error: unknown) => {
      signal.throwIfAborted()
      throw error
    })
    if (signal.aborted) connection[Symbol.dispose]()
    signal.throwIfAborted()
    this.#all.add(connection)
    this.#reached = true
    return connection
  }

  #giveBack(connection: Connection): void {
    if (connection.usable) this.#idle.push(connection)
    else this.#all.delete(connection)
  }
}
