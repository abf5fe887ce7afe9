import type { Worker } from 'node:worker_threads'
import { TransferError } from '@ftp/protocol'
import type { Credentials } from '../certificates/credentials.ts'
import type { Tally } from '../metrics/tally.ts'
import type { AuditEvent } from '../state/audit-event.ts'
import { type Arrival, Handler } from './handler.ts'
import { LeaseDesk } from './lease-desk.ts'
import type { StateTrouble, ThreadData, ToMain } from './messages.ts'
import { PasswordDesk } from './password-desk.ts'

/**
 * How long to wait, in milliseconds, before replacing a thread that has died before it could serve: repeated
 * failures must not keep the machine busy.
 */
const RESTART_AFTER_MS = 100

/** Receives reports from the threads. */
export interface PoolListener {
  /** A failure that is the server's own fault. */
  fault(message: string): void
  /** The state could not be used. */
  suffers(trouble: StateTrouble): void
  log(lines: string): void
  /** A new thread takes the place of one that died. */
  replaced(): void
  did(tallies: readonly Tally[]): void
  /** Counts the contents of a home. @throws TransferError */
  count(home: string): Promise<void>
  /** A file has been stored. */
  stored(event: AuditEvent): void
  /** A thread with this id has died. */
  died(thread: number): void
}

/**
 * The handler threads. Connections go to the threads in turn, and a thread that dies is replaced. Disposing
 * of the pool ends all threads at once.
 */
export class ThreadPool implements AsyncDisposable {
  #data: ThreadData
  readonly #listener: PoolListener
  readonly #desk = new LeaseDesk()
  readonly #passwords = new PasswordDesk()
  /** The newest handler in each place; one that has died stays until it is replaced. */
  readonly #handlers: Handler[] = []
  /** The handlers whose threads are alive, including those that are starting. */
  readonly #living = new Set<Handler>()
  #next = 0
  #closing = false
  readonly #idle = Promise.withResolvers<void>()

  private constructor(data: ThreadData, listener: PoolListener) {
    this.#data = data
    this.#listener = listener
  }

  /** Starts `config.threads` threads. Resolves when all of them can serve. */
  static async start(data: ThreadData, listener: PoolListener): Promise<ThreadPool> {
    // Otherwise, if one thread could not start, the others would keep running, and that one would be
    // restarted forever.
    await using started = new AsyncDisposableStack()
    const pool = started.use(new ThreadPool(data, listener))
    await Promise.all(Array.from({ length: data.config.threads }, (_, index) => pool.#start(index)))
    started.move()
    return pool
  }

  /** The number of open connections. */
  get connections(): number {
    let sum = 0
    for (const { connections } of this.#living) sum += connections
    return sum
  }

  /** The number of threads that serve; one that has died does not count until it has been replaced. */
  get serving(): number {
    return [...this.#living].filter(({ isReady }) => isReady).length
  }

  get threads(): readonly Worker[] {
    return this.#handlers.map(({ worker }) => worker)
  }

  /** Passes a connection to a thread. */
  handOver(arrival: Arrival): void {
    const living = this.#handlers.filter((handler) => this.#living.has(handler))
    // A dead thread would accept the message, and the client would never get an answer. A thread that is
    // starting answers a little later.
    const ready = living.filter(({ isReady }) => isReady)
    const among = ready.length > 0 ? ready : living
    const handler = among[this.#next++ % among.length]
    if (handler !== undefined) return handler.take(arrival)
    arrival.socket.destroy()
    arrival.place.leave('lost')
  }

  /** Makes all threads show these credentials to new connections. */
  show(credentials: Credentials): void {
    this.#data = { ...this.#data, credentials }
    for (const handler of this.#living) handler.post({ type: 'credentials', credentials })
  }

  /** Closes a connection that has not logged in. */
  drop(connection: number): void {
    for (const handler of this.#living) handler.drop(connection)
  }

  /**
   * Gives the threads at most `graceMs` milliseconds to finish their current requests, then ends them.
   * @returns whether all of them had become idle
   */
  async close(graceMs: number): Promise<boolean> {
    this.#closing = true
    if (this.connections > 0 && graceMs > 0) {
      for (const handler of this.#living) handler.post({ type: 'drain' })
      using _grace = setTimeout(() => this.#idle.resolve(), graceMs)
      await this.#idle.promise
    }
    const idle = this.connections === 0
    await Promise.all(this.threads.map((thread) => thread.terminate()))
    return idle
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.close(0)
  }

  #start(index: number): Promise<void> {
    const handler = new Handler(this.#data, () => {
      if (this.#closing && this.connections === 0) this.#idle.resolve()
    })
    this.#handlers[index] = handler
    this.#living.add(handler)
    return new Promise((resolve, reject) => {
      handler.worker.on('message', (message: ToMain) => {
        if (message.type === 'ready') resolve()
        this.#receive(handler, message)
      })
      handler.worker.on('error', (error) => {
        this.#listener.fault(`a handler thread died: ${error instanceof Error ? error.stack : String(error)}`)
        reject(error)
      })
      handler.worker.on('exit', () => this.#ended(index, handler))
    })
  }

  #receive(handler: Handler, message: ToMain): void {
    switch (message.type) {
      case 'ready':
        handler.isReady = true
        return
      case 'received':
      case 'logged-in':
      case 'wrong-password':
      case 'connection-closed':
        return handler.receive(message)
      case 'lease-acquire':
        return this.#desk.acquire(handler, message.ticket, message.key)
      case 'lease-release':
        return this.#desk.release(handler, message.ticket)
      case 'password-ask':
        return this.#passwords.ask({ thread: handler, ticket: message.ticket }, message.tag, message.source)
      case 'password-end':
        return this.#passwords.end(handler, message.ticket, message.result)
      case 'count':
        return void this.#count(handler, message.home)
      case 'fault':
        return this.#listener.fault(message.message)
      case 'suffers':
        return this.#listener.suffers(message.trouble)
      case 'tallies':
        return this.#listener.did(message.tallies)
      case 'stored':
        return this.#listener.stored(message.event)
      case 'log':
        return this.#listener.log(message.lines)
      default:
        message satisfies never
    }
  }

  /** Never rejects. */
  async #count(handler: Handler, home: string): Promise<void> {
    try {
      await this.#listener.count(home)
      handler.post({ type: 'counted', home })
    } catch (error) {
      const { code, message } = TransferError.from(error)
      handler.post({ type: 'counted', home, failure: { code, message } })
    }
  }

  #ended(index: number, handler: Handler): void {
    this.#living.delete(handler)
    this.#desk.forget(handler)
    this.#passwords.forget(handler)
    handler[Symbol.dispose]()
    if (this.#closing) return
    if (handler.isReady) this.#replace(index)
    else setTimeout(() => this.#replace(index), RESTART_AFTER_MS).unref()
    this.#listener.died(handler.id)
  }

  #replace(index: number): void {
    if (this.#closing) return
    this.#listener.replaced()
    try {
      this.#start(index).catch(() => {})
    } catch (error) {
      this.#listener.fault(`a handler thread cannot be started: ${String(error)}`)
      setTimeout(() => this.#replace(index), RESTART_AFTER_MS).unref()
    }
  }
}
