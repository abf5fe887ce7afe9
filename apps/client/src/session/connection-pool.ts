import { Hasher } from '@ftp/md5/hasher'
import { DEFAULT_PORT } from '@ftp/protocol'
import { Connection, type ConnectOptions } from '../connection/connection.ts'

/** A connection for as long as this is not disposed of. */
export interface Borrowed extends Disposable {
  readonly connection: Connection
}

/** The connections to one server: opened when needed, used again, replaced when lost. Its maker disposes of it. */
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

  /** A connection that nobody else uses meanwhile. */
  async borrow(): Promise<Borrowed> {
    const connection = this.#takeIdle() ?? (await this.#open())
    return { connection, [Symbol.dispose]: () => this.#giveBack(connection) }
  }

  /** Closes all of them. */
  [Symbol.dispose](): void {
    for (const connection of this.#all) connection[Symbol.dispose]()
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
    const connection = await Connection.open(this.#options, this.#hasher)
    this.#all.add(connection)
    this.#reached = true
    return connection
  }

  #giveBack(connection: Connection): void {
    if (connection.usable) this.#idle.push(connection)
    else this.#all.delete(connection)
  }
}
