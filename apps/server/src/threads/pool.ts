import type { Socket } from 'node:net'
import { extname } from 'node:path'
import { Worker } from 'node:worker_threads'
import type { Ending } from '../guards/ending.ts'
import type { Tally } from '../metrics/tally.ts'
import type { AuditEvent } from '../state/audit.ts'
import { LeaseDesk } from './lease-desk.ts'
import type { StateTrouble, ThreadData, ToMain, ToThread } from './messages.ts'

/** A thread that dies before it can serve must not keep the machine busy: the next one waits for so long. */
const RESTART_AFTER_MS = 100

/** What a thread receives is garbage a moment later: in a smaller nursery it is moved before it is, a larger one only takes memory. */
const YOUNG = { maxYoungGenerationSizeMb: 24 }
/** The source runs as it is, a published package as JavaScript. */
const ENTRY = new URL(`./handler-thread${extname(import.meta.filename)}`, import.meta.url)

/** Told what happens in the threads. */
export interface PoolListener {
  /** A failure that is the server's own fault. */
  fault(message: string): void
  /** The state could not be used. */
  suffers(trouble: StateTrouble): void
  log(lines: string): void
  /** A thread that had died has been replaced. */
  replaced(): void
  did(tallies: readonly Tally[]): void
  /** A file has been stored. */
  stored(event: AuditEvent): void
  loggedIn(connection: number): void
  /** A thread has died, by its own number. */
  died(thread: number): void
  /** Called once for each connection that was handed over. */
  left(connection: number, ending: Ending): void
}

/** The handler threads: gives each connection to the next one in turn, and replaces those that die. */
export class ThreadPool {
  readonly #data: ThreadData
  readonly #listener: PoolListener
  readonly #desk = new LeaseDesk()
  readonly #threads: Worker[] = []
  /** Those that live, starting ones too. */
  readonly #connections = new Map<Worker, Set<number>>()
  /** Those of them that serve. */
  readonly #ready = new Set<Worker>()
  #next = 0
  #closing = false
  #idle: () => void = () => {}

  private constructor(data: ThreadData, listener: PoolListener) {
    this.#data = data
    this.#listener = listener
  }

  /** Starts `config.threads` threads. Resolves when all of them can serve. */
  static async start(data: ThreadData, listener: PoolListener): Promise<ThreadPool> {
    const pool = new ThreadPool(data, listener)
    try {
      await Promise.all(Array.from({ length: data.config.threads }, (_, index) => pool.#start(index)))
    } catch (error) {
      // Otherwise the others would run on, and the one that cannot start would be started again for ever.
      await pool.close(0)
      throw error
    }
    return pool
  }

  /** Open connections. */
  get connections(): number {
    return [...this.#connections.values()].reduce((sum, { size }) => sum + size, 0)
  }

  /** Threads that serve: one that has died is not there until it is replaced. */
  get serving(): number {
    return this.#ready.size
  }

  get threads(): readonly Worker[] {
    return this.#threads
  }

  /** Gives a connection, of which nothing has been read, to a thread. */
  handOver(socket: Socket, connection: number, address: string): void {
    // A dead thread takes messages too, and nobody would ever answer this client. One that starts answers a little later.
    const among = this.#ready.size > 0 ? this.#ready : this.#connections
    const threads = this.#threads.filter((thread) => among.has(thread))
    const thread = threads[this.#next++ % threads.length]
    if (thread === undefined) {
      socket.destroy()
      return this.#listener.left(connection, 'served')
    }
    this.#connections.get(thread)?.add(connection)
    const message: ToThread = { type: 'connection', connection, address, socket }
    thread.postMessage(message, [socket])
  }

  /** Closes a connection that has not logged in. */
  drop(connection: number): void {
    for (const [thread, connections] of this.#connections)
      if (connections.has(connection)) thread.postMessage({ type: 'drop', connection } satisfies ToThread)
  }

  /**
   * Lets the threads finish the requests they are answering, for at most `graceMs`; then ends them.
   * @returns whether they had nothing to do any more
   */
  async close(graceMs: number): Promise<boolean> {
    this.#closing = true
    if (this.connections > 0 && graceMs > 0) {
      for (const thread of this.#threads) thread.postMessage({ type: 'drain' } satisfies ToThread)
      await new Promise<void>((resolve) => {
        const grace = setTimeout(resolve, graceMs)
        this.#idle = () => {
          clearTimeout(grace)
          resolve()
        }
      })
    }
    const idle = this.connections === 0
    await Promise.all(this.#threads.map((thread) => thread.terminate()))
    return idle
  }

  #start(index: number): Promise<void> {
    const thread = new Worker(ENTRY, { workerData: this.#data, resourceLimits: YOUNG })
    const { threadId } = thread
    this.#threads[index] = thread
    this.#connections.set(thread, new Set())
    return new Promise((resolve, reject) => {
      thread.on('message', (message: ToMain) => {
        switch (message.type) {
          case 'ready':
            this.#ready.add(thread)
            return resolve()
          case 'lease-acquire':
            return this.#desk.acquire(thread, message.ticket, message.key)
          case 'lease-release':
            return this.#desk.release(thread, message.ticket)
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
          case 'logged-in':
            return this.#listener.loggedIn(message.connection)
          case 'connection-closed':
            return this.#left(thread, message.connection, message.ending)
          default:
            message satisfies never
        }
      })
      thread.on('error', (error) => {
        this.#listener.fault(`a handler thread died: ${error instanceof Error ? error.stack : String(error)}`)
        reject(error)
      })
      thread.on('exit', () => {
        this.#desk.forget(thread)
        for (const connection of this.#connections.get(thread) ?? []) this.#left(thread, connection, 'served')
        this.#connections.delete(thread)
        if (this.#closing) return
        if (this.#ready.delete(thread)) this.#replace(index)
        else setTimeout(() => this.#replace(index), RESTART_AFTER_MS).unref()
        this.#listener.died(threadId)
      })
    })
  }

  #replace(index: number): void {
    if (this.#closing) return
    this.#listener.replaced()
    this.#start(index).catch(() => {})
  }

  #left(thread: Worker, connection: number, ending: Ending): void {
    this.#connections.get(thread)?.delete(connection)
    this.#listener.left(connection, ending)
    if (this.connections === 0) this.#idle()
  }
}
