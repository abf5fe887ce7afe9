import type { Socket } from 'node:net'
import { extname } from 'node:path'
import { Worker } from 'node:worker_threads'
import type { Disconnect } from '../guards/disconnect.ts'
import type { Place } from '../guards/gate.ts'
import type { PortName } from '../listener.ts'
import { Deliveries } from './deliveries.ts'
import type { ThreadData, ToMain, ToThread } from './messages.ts'
import { strandedSocket } from './stranded-socket.ts'

/**
 * Received bytes become garbage within a moment. In a smaller young generation they would be copied before
 * that; a larger one would only take memory.
 */
const YOUNG = { maxYoungGenerationSizeMb: 24 }
/** The source runs directly, but a published package consists of JavaScript. */
const ENTRY = new URL(`./handler-thread${extname(import.meta.filename)}`, import.meta.url)

/** A connection from which nothing has been read. */
export interface Arrival {
  readonly socket: Socket
  readonly connection: number
  readonly address: string
  /** Which of the server's ports it has reached. */
  readonly port: PortName
  readonly place: Place
}

/**
 * One handler thread, as the main thread sees it, from its start to its end. It owns the places of its
 * connections: each is left once, either when the thread reports the end of the connection, or when the
 * connection does not reach the thread, or when the thread ends.
 */
export class Handler implements Disposable {
  readonly worker: Worker
  /** The id of the thread. */
  readonly id: number
  isReady = false
  readonly #deliveries: Deliveries
  readonly #places = new Map<number, Place>()
  readonly #onLeft: () => void

  /** @param onLeft called whenever a connection has ended */
  constructor(data: ThreadData, onLeft: () => void) {
    this.worker = new Worker(ENTRY, { workerData: data, resourceLimits: YOUNG })
    this.id = this.worker.threadId
    this.#deliveries = new Deliveries(this.worker)
    this.#onLeft = onLeft
  }

  /** The number of connections that it has or is about to receive. */
  get connections(): number {
    return this.#places.size
  }

  post(message: ToThread): void {
    this.#deliveries.post(message)
  }

  /** Passes a connection to the thread, which serves it or sends the reason for its refusal. */
  take({ socket, connection, address, port, place }: Arrival): void {
    this.#places.set(connection, place)
    const stranded = strandedSocket(socket)
    const undo = (): void => {
      stranded()
      this.left(connection, 'lost')
    }
    const { refusal } = place
    try {
      const message = { type: 'connection', connection, address, port, socket, refusal } as const
      this.#deliveries.post(message, { transfer: [socket], undo })
    } catch {
      // The client has already gone.
      socket.destroy()
      this.left(connection, 'silent')
    }
  }

  /** Closes a connection, if the thread still has it and it has not logged in. */
  drop(connection: number): void {
    if (this.#places.has(connection)) this.post({ type: 'drop', connection })
  }

  /** To be called with the thread's reports on messages and connections. */
  receive(
    message: Extract<ToMain, { type: 'received' | 'logged-in' | 'wrong-password' | 'connection-closed' }>,
  ): void {
    switch (message.type) {
      case 'received':
        return this.#deliveries.confirmed(message.numbers)
      case 'logged-in':
        return this.#places.get(message.connection)?.loggedIn(message.account)
      case 'wrong-password':
        return this.#places.get(message.connection)?.wrongPassword()
      case 'connection-closed':
        return this.left(message.connection, message.disconnect)
      default:
        message satisfies never
    }
  }

  left(connection: number, disconnect: Disconnect): void {
    const place = this.#places.get(connection)
    if (place === undefined) return
    this.#places.delete(connection)
    place.leave(disconnect)
    this.#onLeft()
  }

  /** To be called when the thread has ended. */
  [Symbol.dispose](): void {
    this.#deliveries[Symbol.dispose]()
    for (const connection of [...this.#places.keys()]) this.left(connection, 'served')
  }
}
