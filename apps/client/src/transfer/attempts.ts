import { TransferError } from '@ftp/protocol'
import type { Attempt, Session } from '../session/session.ts'
import { type TransferListener, watched } from './transfer-listener.ts'

/** How often a listener is told how long the server has been silent, in milliseconds. */
const SILENCE_EVERY_MS = 1_000

/**
 * The attempts of one transfer, which may run one after another or at once. Progress of any of them starts
 * the time for retries anew for all.
 */
export class Attempts {
  /** Must be passed to everything that moves bytes in the attempts. */
  readonly listener: TransferListener
  readonly #session: Session
  readonly #running = new Set<Attempt>()

  constructor(session: Session, listener: TransferListener) {
    this.#session = session
    this.listener = watched(listener, () => {
      for (const { progressed } of this.#running) progressed()
    })
  }

  /** Aborted when the transfer must end. */
  get signal(): AbortSignal {
    return this.#session.signal
  }

  /** Runs an action as {@link Session.run} does. @param session another view of the same session */
  async run<T>(action: (attempt: Attempt) => Promise<T>, session = this.#session): Promise<T> {
    return await session.run(async (attempt) => {
      this.#running.add(attempt)
      const watch = setInterval(() => this.#tellSilence(), SILENCE_EVERY_MS)
      try {
        return await action(attempt)
      } finally {
        clearInterval(watch)
        this.#running.delete(attempt)
      }
    })
  }

  /** The server is silent only if it is silent on all connections. */
  #tellSilence(): void {
    const silences = Array.from(this.#running, ({ connection }) => connection.silence)
    this.listener.silent?.(Math.min(...silences))
  }

  /**
   * Runs the same action on several connections, none of which is used by anything else.
   * @param action resolves to true if the whole transfer is done, whatever the other connections do
   * @throws the first failure that a new connection cannot cure
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
