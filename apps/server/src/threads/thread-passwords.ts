import { addAbortListener } from 'node:events'
import { TransferError } from '@ftp/protocol'
import type { PasswordQueue, PasswordTurn } from '../share/passwords.ts'
import type { ToMain, ToThread } from './messages.ts'

/** The queue for checking passwords, as a handler thread sees it: requests go to the main thread as messages. */
export class ThreadPasswords implements PasswordQueue {
  readonly #send: (message: ToMain) => void
  readonly #pending = new Map<number, PromiseWithResolvers<PasswordTurn>>()
  #tickets = 0

  constructor(send: (message: ToMain) => void) {
    this.#send = send
  }

  async turn(tag: string, source: string, signal?: AbortSignal): Promise<PasswordTurn> {
    if (signal?.aborted) throw TransferError.from(signal.reason)
    const ticket = ++this.#tickets
    const pending = Promise.withResolvers<PasswordTurn>()
    this.#pending.set(ticket, pending)
    const giveUp = (): void => {
      if (!this.#pending.delete(ticket)) return
      this.#send({ type: 'password-end', ticket })
      pending.reject(TransferError.from(signal?.reason))
    }
    using _listening = signal && addAbortListener(signal, giveUp)
    this.#send({ type: 'password-ask', ticket, tag, source })
    return await pending.promise
  }

  /** To be called with the main thread's messages about passwords. */
  receive({ ticket, answer }: Extract<ToThread, { type: 'password-turn' }>): void {
    const pending = this.#pending.get(ticket)
    this.#pending.delete(ticket)
    // Nobody waits for the turn any more, and the message that says so is already on its way.
    if (pending === undefined) return
    if (answer === 'busy')
      pending.reject(new TransferError('busy', 'too many are logging in; try again in a moment'))
    else pending.resolve(this.#turn(ticket, answer))
  }

  #turn(ticket: number, answer: PasswordTurn['answer']): PasswordTurn {
    let isOver = answer !== 'derive'
    const end = (result?: 'right' | 'wrong'): void => {
      if (!isOver) this.#send({ type: 'password-end', ticket, ...(result && { result }) })
      isOver = true
    }
    return { answer, report: end, [Symbol.dispose]: () => end() }
  }
}
