import { InFlightLimit } from './in-flight-limit.ts'
import type { Session } from './session.ts'
import type { SharedConnection } from './shared-connection.ts'

/** The most requests in flight at once. */
const MAX_IN_FLIGHT = 32

/** A connection on which a request need not wait for the replies to earlier ones. */
export class Pipeline implements Disposable {
  readonly #connection: SharedConnection
  readonly #session: Session
  readonly #inFlight = new InFlightLimit(MAX_IN_FLIGHT, Number.POSITIVE_INFINITY)

  constructor(session: Session) {
    this.#connection = session.shareConnection()
    this.#session = session.with({ connection: this.#connection })
  }

  /**
   * Starts an action as soon as fewer than MAX_IN_FLIGHT others are running. For one caller at a time.
   * @returns when the action has started; `done` need not be awaited
   */
  async start<T>(action: (session: Session) => Promise<T>): Promise<{ readonly done: Promise<T> }> {
    const done = this.#run(action, await this.#inFlight.enter(0))
    done.catch(() => {})
    return { done }
  }

  /** Resolves when no action is running. For one caller at a time. */
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
