import type { Socket } from 'node:net'
import { extname } from 'node:path'
import { Worker } from 'node:worker_threads'
import { LeaseDesk } from './lease-desk.ts'
import type { ThreadData, ToMain, ToThread } from './messages.ts'

const RESTART_AFTER_MS = 100

/** The source runs as it is, a published package as JavaScript. */
const ENTRY = new URL(`./handler-thread${extname(import.meta.filename)}`, import.meta.url)

/** The handler threads: gives each connection to the next one in turn, and replaces those that die. */
export class ThreadPool {
  readonly #data: ThreadData
  readonly #onFault: (message: string) => void
  readonly #desk = new LeaseDesk()
  readonly #threads: Worker[] = []
  readonly #connections = new Map<Worker, number>()
  #next = 0
  #closing = false
  #idle: () => void = () => {}

  private constructor(data: ThreadData, onFault: (message: string) => void) {
    this.#data = data
    this.#onFault = onFault
  }

  /** Starts `config.threads` threads. Resolves when all of them can serve. */
  static async start(data: ThreadData, onFault: (message: string) => void): Promise<ThreadPool> {
    const pool = new ThreadPool(data, onFault)
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
    return [...this.#connections.values()].reduce((sum, count) => sum + count, 0)
  }

  get threads(): readonly Worker[] {
    return this.#threads
  }

  /** Gives a connection, of which nothing has been read, to a thread. */
  handOver(socket: Socket): void {
    // A dead thread takes messages too, and nobody would ever answer this client.
    const alive = this.#threads.filter((thread) => this.#connections.has(thread))
    const thread = alive[this.#next++ % alive.length]
    if (thread === undefined) return void socket.destroy()
    this.#count(thread, 1)
    thread.postMessage({ type: 'connection', socket } satisfies ToThread, [socket])
  }

  /** Lets the threads finish the requests they are answering, for at most `graceMs`; then ends them. */
  async close(graceMs: number): Promise<void> {
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
    await Promise.all(this.#threads.map((thread) => thread.terminate()))
  }

  #start(index: number): Promise<void> {
    const thread = new Worker(ENTRY, { workerData: this.#data })
    this.#threads[index] = thread
    this.#connections.set(thread, 0)
    return new Promise((resolve, reject) => {
      thread.on('message', (message: ToMain) => {
        switch (message.type) {
          case 'ready':
            return resolve()
          case 'lease-acquire':
            return this.#desk.acquire(thread, message.ticket, message.key)
          case 'lease-release':
            return this.#desk.release(thread, message.ticket)
          case 'fault':
            return this.#onFault(message.message)
          case 'connection-closed':
            return this.#count(thread, -1)
          default:
            message satisfies never
        }
      })
      thread.on('error', (error) => {
        this.#onFault(`a handler thread died: ${error instanceof Error ? error.stack : String(error)}`)
        reject(error)
      })
      thread.on('exit', () => {
        this.#desk.forget(thread)
        this.#connections.delete(thread)
        // A thread that dies as soon as it starts must not keep the machine busy.
        setTimeout(() => {
          if (!this.#closing) this.#start(index).catch(() => {})
        }, RESTART_AFTER_MS).unref()
      })
    })
  }

  #count(thread: Worker, change: number): void {
    this.#connections.set(thread, (this.#connections.get(thread) ?? 0) + change)
    if (this.connections === 0) this.#idle()
  }
}
