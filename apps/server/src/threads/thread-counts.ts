import { TransferError } from '@ftp/protocol'
import type { ToMain, ToThread } from './messages.ts'

/** The counting of homes, as a handler thread sees it: requests go to the main thread as messages. */
export class ThreadCounts {
  readonly #send: (message: ToMain) => void
  readonly #pending = new Map<string, PromiseWithResolvers<void>>()

  constructor(send: (message: ToMain) => void) {
    this.#send = send
  }

  /**
   * Resolves when the home has been counted; callers that ask meanwhile wait for the same count.
   * @throws TransferError
   */
  readonly count = (home: string): Promise<void> => {
    const known = this.#pending.get(home)
    if (known !== undefined) return known.promise
    const pending = Promise.withResolvers<void>()
    this.#pending.set(home, pending)
    this.#send({ type: 'count', home })
    return pending.promise
  }

  /** To be called with the main thread's messages about counts. */
  receive({ home, failure }: Extract<ToThread, { type: 'counted' }>): void {
    const pending = this.#pending.get(home)
    this.#pending.delete(home)
    if (failure === undefined) pending?.resolve()
    else pending?.reject(new TransferError(failure.code, failure.message))
  }
}
