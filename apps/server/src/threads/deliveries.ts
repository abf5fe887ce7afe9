import type { Transferable, Worker } from 'node:worker_threads'
import type { Delivery, ToThread } from './messages.ts'

/** How long a thread may take to confirm a message before it is asked, in milliseconds. */
const CONFIRMED_IN_MS = 1_000

/** A message that can be lost on its way, because it carries something with it. */
interface Load {
  readonly transfer: readonly Transferable[]
  /** Called once when it has not arrived and never will. */
  readonly undo: () => void
}

interface Unconfirmed {
  readonly message: ToThread
  readonly undo: (() => void) | undefined
}

/**
 * What the main thread sends to one handler thread. Each message is confirmed by its number, undone or sent again:
 * Node drops a message with a socket, without a word, if the process has no descriptor left when it arrives. Messages
 * arrive in order, so one that is not confirmed while a later one is has been lost; if none comes, a probe does.
 * Disposing of it, when the thread is gone, undoes what has not arrived.
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

  /** @throws DataCloneError when something cannot be transferred; then nothing has been sent */
  post(message: ToThread, load?: Load): void {
    const number = ++this.#last
    this.#port.postMessage({ number, message } satisfies Delivery, load?.transfer)
    this.#unconfirmed.set(number, { message, undo: load?.undo })
    this.#timer ??= setTimeout(() => this.#ask(), CONFIRMED_IN_MS).unref()
  }

  /** To be called with the numbers of all messages that have arrived since the last call. */
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
    // One at a time: a thread that is busy confirms all of them later.
    if (this.#unconfirmed.has(this.#probe))
      this.#timer = setTimeout(() => this.#ask(), CONFIRMED_IN_MS).unref()
    else {
      this.#probe = this.#last + 1
      this.post({ type: 'probe' })
    }
  }
}
