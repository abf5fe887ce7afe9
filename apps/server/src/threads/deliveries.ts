import type { Transferable, Worker } from 'node:worker_threads'
import type { Delivery, ToThread } from './messages.ts'

/** How long a thread may take to confirm a message before a probe is sent, in milliseconds. */
const CONFIRMED_IN_MS = 1_000

/** Objects that are transferred with a message. Such a message can be lost on its way. */
interface Load {
  readonly transfer: readonly Transferable[]
  /** Called once if the message has not arrived and never will. */
  readonly undo: () => void
}

interface Unconfirmed {
  readonly message: ToThread
  readonly undo: (() => void) | undefined
}

/**
 * The messages from the main thread to one handler thread. The thread confirms each by its number; a message
 * that is not confirmed is undone or sent again. This is necessary because Node.js silently drops a message
 * with a socket if the process has no descriptor left when it arrives. Messages arrive in order, so if a
 * later message is confirmed, any earlier unconfirmed one has been lost. If no later message is sent, a probe
 * takes its place. Disposing of this object, when the thread has ended, undoes the messages that have not
 * arrived.
 */
export class Deliveries implements Disposable {
  readonly #port: Pick<Worker, 'postMessage'>
  /** In the order in which they were sent. */
  readonly #unconfirmed = new Map<number, Unconfirmed>()
  #last = 0
  #probe = 0
  #timer: NodeJS.Timeout | undefined

  constructor(port: Pick<Worker, 'postMessage'>) {
    this.#port = port
  }

  /** @throws DataCloneError if something cannot be transferred; then nothing has been sent */
  post(message: ToThread, load?: Load): void {
    const number = ++this.#last
    this.#port.postMessage({ number, message } satisfies Delivery, load?.transfer)
    this.#unconfirmed.set(number, { message, undo: load?.undo })
    this.#timer ??= setTimeout(() => this.#ask(), CONFIRMED_IN_MS).unref()
  }

  /** To be called with the numbers of all messages that have arrived since the previous call. */
  confirmed(numbers: readonly number[]): void {
    for (const number of numbers) this.#unconfirmed.delete(number)
    const newest = numbers.at(-1) ?? 0
    for (const [number, { message, undo }] of this.#unconfirmed) {
      if (number > newest) break
      this.#unconfirmed.delete(number)
      if (undo === undefined) this.post(message)
      else undo()
    }
  }

  [Symbol.dispose](): void {
    clearTimeout(this.#timer)
    for (const { undo } of this.#unconfirmed.values()) undo?.()
    this.#unconfirmed.clear()
  }

  #ask(): void {
    this.#timer = undefined
    if (this.#unconfirmed.size === 0) return
    // Send only one probe at a time: a busy thread confirms all messages later.
    if (this.#unconfirmed.has(this.#probe))
      this.#timer = setTimeout(() => this.#ask(), CONFIRMED_IN_MS).unref()
    else {
      this.#probe = this.#last + 1
      this.post({ type: 'probe' })
    }
  }
}
