import { TransferError } from '@ftp/protocol'
import type { Lease, Leases } from '../share/leases.ts'
import type { ToMain, ToThread } from './messages.ts'

interface Pending {
  readonly resolve: (lease: Lease) => void
  readonly reject: (error: TransferError) => void
  /** To be called before either. */
  readonly settled: () => void
}

/** The leases as a handler thread sees them: asked of the main thread by message. */
export class ThreadLeases implements Leases {
  readonly #send: (message: ToMain) => void
  readonly #pending = new Map<number, Pending>()
  readonly #held = new Map<number, AbortController>()
  #tickets = 0

  constructor(send: (message: ToMain) => void) {
    this.#send = send
  }

  acquire(key: string, signal?: AbortSignal): Promise<Lease> {
    const ticket = ++this.#tickets
    return new Promise((resolve, reject) => {
      if (signal?.aborted) return reject(TransferError.from(signal.reason))
      const giveUp = (): void => {
        this.#pending.delete(ticket)
        this.#send({ type: 'lease-release', ticket })
        reject(TransferError.from(signal?.reason))
      }
      signal?.addEventListener('abort', giveUp, { once: true })
      const settled = (): void => signal?.removeEventListener('abort', giveUp)
      this.#pending.set(ticket, { resolve, reject, settled })
      this.#send({ type: 'lease-acquire', ticket, key })
    })
  }

  /** To be called with what the main thread says about leases. */
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
    // Nobody waits any more; its release is on its way.
    if (pending === undefined) return
    pending.settled()
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
