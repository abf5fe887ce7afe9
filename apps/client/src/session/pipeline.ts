import { InFlightLimit } from './in-flight-limit.ts'
import type { Session } from './session.ts'
import type { SharedConnection } from './shared-connection.ts'

/** Requests on their way at once. */
const MAX_IN_FLIGHT = 32

/** One connection on which requests need not wait for the replies before them. */
export class Pipeline implements Disposable {
  readonly #connection: SharedConnection
  readonly #session: Session
  readonly #inFlight = new InFlightLimit(MAX_IN_FLIGHT, Number.POSITIVE_INFINITY)

  constructor(session: Session) {
    this.#connection = session.shareConnection()
    this.#session = session.with({ connection: this.#connection })
  }

  /**
   * Begins an action when fewer than so many are under way. For one caller at a time.
   * @returns when it has begun; `done` may be left alone
   */
  async start<T>(action: (session: Session) => Promise<T>): Promise<{ readonly done: Promise<T> }> {
    const done = this.#run(action, await this.#inFlight.enter(0))
    done.catch(() => {})
    return { done }
  }

  /** Resolves when nothing is under way. For one caller at a time. */
  async idle(): Promise<void> {
    await this.#inFlight.empty()
  }

  [Symbol.dispose](): void {
    this.#connection[Symbol.dispose]()
  }

  async #run<T>(action: (session: Session) => Promise<T>, room: Disposable): Promise<T> {
    using _room = room
    return await action(this.#session)
  }
}
