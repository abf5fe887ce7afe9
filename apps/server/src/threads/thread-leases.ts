import { addAbortListener } from 'node:events'
import { TransferError } from '@ftp/protocol'
import type { Lease, Leases } from '../share/leases.ts'
import type { ToMain, ToThread } from './messages.ts'

/** The leases, as a handler thread sees them: requests go to the main thread as messages. */
export class ThreadLeases implements Leases {
  readonly #send: (message: ToMain) => void
  readonly #pending = new Map<number, PromiseWithResolvers<Lease>>()
  readonly #held = new Map<number, AbortController>()
  #tickets = 0

  constructor(send: (message: ToMain) => void) {
    this.#send = send
  }

  async acquire(key: string, signal?: AbortSignal): Promise<Lease> {
    if (signal?.aborted) throw TransferError.from(signal.reason)
    const ticket = ++this.#tickets
    const pending = Promise.withResolvers<Lease>()
    this.#pending.set(ticket, pending)
    const giveUp = (): void => {
      if (!this.#pending.delete(ticket)) return
      this.#send({ type: 'lease-release', ticket })
      pending.reject(TransferError.from(signal?.reason))
    }
    using _listening = signal && addAbortListener(signal, giveUp)
    this.#send({ type: 'lease-acquire', ticket, key })
    return await pending.promise
  }

  /** To be called with the main thread's messages about leases. */
  receive(message: Extract<ToThread, { type: 'lease-granted' | 'lease-wanted' }>): void {
    const { ticket } = message
    if (message.type === 'lease-wanted') {
      this.#held
        .get(ticket)
        ?.abort(new TransferError('taken_over', 'a newer connection continues this upload'))
      return
    }
    const pending = this.#pending.get(ticket)
    this.#pending.delete(ticket)
    // Nobody waits for the lease any more, and its release is already on its way.
    if (pending === undefined) return
    if (message.granted) pending.resolve(this.#lease(ticket))
    else
      pending.reject(
        new TransferError('busy', 'another connection is still writing this file; try again in a moment'),
      )
  }

  #lease(ticket: number): Lease {
    const controller = new AbortController()
    this.#held.set(ticket, controller)
    return {
      signal: controller.signal,
      [Symbol.dispose]: () => {
        if (this.#held.delete(ticket)) this.#send({ type: 'lease-release', ticket })
      },
    }
  }
}
