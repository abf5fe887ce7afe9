import { TransferError } from '@ftp/protocol'
import type { Attempt, Session } from '../session/session.ts'
import { type TransferListener, watched } from './transfer-listener.ts'

/** The attempts of one transfer, one after another or at once: progress of any of them renews the time for retries of all. */
export class Attempts {
  /** To be given to whatever moves bytes in the attempts. */
  readonly listener: TransferListener
  readonly #session: Session
  readonly #running = new Set<Attempt>()

  constructor(session: Session, listener: TransferListener) {
    this.#session = session
    this.listener = watched(listener, () => {
      for (const { progressed } of this.#running) progressed()
    })
  }

  /** {@link Session.run}. @param session another view of the same session */
  async run<T>(action: (attempt: Attempt) => Promise<T>, session = this.#session): Promise<T> {
    return await session.run(async (attempt) => {
      this.#running.add(attempt)
      try {
        return await action(attempt)
      } finally {
        this.#running.delete(attempt)
      }
    })
  }

  /**
   * Does the same on several connections, each of which nobody else uses.
   * @param action says whether all is done, whatever the others do
   * @throws the first failure that no new connection helps against
   */
  async runInParallel(connections: number, action: (attempt: Attempt) => Promise<boolean>): Promise<void> {
    const end = new AbortController()
    const session = this.#session.with({ signal: end.signal, connection: undefined })
    let [done, failure] = [false, undefined as unknown]
    const one = async (): Promise<void> => {
      try {
        if (!(await this.run(action, session))) return
        done = true
        end.abort(new TransferError('aborted', 'another connection has finished it'))
      } catch (error) {
        if (end.signal.aborted) return
        failure = error
        end.abort(error)
      }
    }
    await Promise.all(Array.from({ length: connections }, one))
    if (!done && failure !== undefined) throw failure
  }
}
