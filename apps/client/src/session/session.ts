import { TransferError } from '@ftp/protocol'
import type { Connection, ConnectOptions } from '../connection/connection.ts'
import { ConnectionPool, SharedConnection } from './connection-pool.ts'
import { type RetryOptions, RetryPolicy } from './retry-policy.ts'

/** What an attempt is given. */
export interface Attempt {
  readonly connection: Connection
  /** To be called when verified bytes have moved: the patience starts anew. */
  readonly progressed: () => void
}

/**
 * Runs an action that can be repeated on a new connection while the old one is lost.
 * @param until given for a connection that nobody else uses; its abort ends that
 */
export type Run = <T>(action: (attempt: Attempt) => Promise<T>, until?: AbortSignal) => Promise<T>

/** What is done at one server, with the patience that it takes. */
export class Session implements Disposable {
  readonly signal: AbortSignal
  readonly #connections: ConnectionPool
  readonly #borrowed: boolean
  readonly #retry: RetryOptions
  readonly #lane: SharedConnection | undefined

  /**
   * @param server how to connect to it, or the connections of another session, which closes them
   * @param lane the connection that all actions share; otherwise each has one of its own
   */
  constructor(
    server: ConnectOptions | ConnectionPool,
    retry: RetryOptions,
    signal: AbortSignal = server.signal,
    lane?: SharedConnection,
  ) {
    this.#lane = lane
    this.#borrowed = server instanceof ConnectionPool
    this.#connections = server instanceof ConnectionPool ? server : new ConnectionPool(server)
    this.#retry = retry
    this.signal = signal
  }

  /** The server: its name, and its port where that is not the usual one. */
  get server(): string {
    return this.#connections.server
  }

  /** A connection for several actions at once. */
  lane(): SharedConnection {
    return this.#connections.lane(this.signal)
  }

  /** The same connections for something that can be ended by itself. */
  until(signal: AbortSignal): Session {
    return new Session(this.#connections, this.#retry, AbortSignal.any([this.signal, signal]), this.#lane)
  }

  /** The same for actions that share one connection, so that none waits for the replies of those before it. */
  over(lane: SharedConnection): Session {
    return new Session(this.#connections, this.#retry, this.signal, lane)
  }

  /**
   * Runs `action` on a connection of its own, again and again while the failure is the connection's. A server that
   * has never answered is not waited for.
   * @param lane a connection that it shares with others instead
   */
  async run<T>(
    action: (attempt: Attempt) => Promise<T>,
    onRetry = this.#retry.onRetry,
    lane = this.#lane,
  ): Promise<T> {
    const retryPolicy = new RetryPolicy({ ...this.#retry, onRetry }, this.signal)
    for (;;) {
      try {
        using attempt = await this.#attempt(retryPolicy, lane)
        return await action(attempt)
      } catch (error) {
        await this.#afterwards(error, retryPolicy)
      }
    }
  }

  /** {@link run}, as it is given to a transfer. */
  runner(onRetry = this.#retry.onRetry, lane = this.#lane): Run {
    return (action, until) =>
      until === undefined
        ? this.run(action, onRetry, lane)
        : new Session(this.#connections, this.#retry, AbortSignal.any([this.signal, until])).run(
            action,
            onRetry,
          )
  }

  /** The same as {@link run} for an action that gives one thing after another. It begins again on a new connection. */
  async *stream<T>(action: (attempt: Attempt) => AsyncGenerator<T>): AsyncGenerator<T> {
    const retryPolicy = new RetryPolicy(this.#retry, this.signal)
    for (;;) {
      try {
        using attempt = await this.#attempt(retryPolicy, this.#lane)
        return yield* action(attempt)
      } catch (error) {
        await this.#afterwards(error, retryPolicy)
      }
    }
  }

  /**
   * Runs an action that would fail if it were done twice, such as removing: it is repeated only where the server has
   * said that it did nothing.
   */
  async runOnce<T>(action: (connection: Connection) => Promise<T>): Promise<T> {
    return await this.run(async ({ connection }) => {
      try {
        return await action(connection)
      } catch (error) {
        const failure = TransferError.from(error)
        if (failure.advice !== 'resume') throw failure
        throw new Interrupted(failure)
      }
    })
  }

  [Symbol.dispose](): void {
    if (!this.#borrowed) this.#connections[Symbol.dispose]()
  }

  async #attempt(
    retryPolicy: RetryPolicy,
    place: SharedConnection | ConnectionPool = this.#connections,
  ): Promise<Attempt & Disposable> {
    const { signal } = this
    signal.throwIfAborted()
    const progressed = (): void => retryPolicy.progressed()
    const opened = place instanceof SharedConnection ? place.opened : undefined
    if (opened !== undefined) return { connection: opened, progressed, [Symbol.dispose]: () => {} }
    const connection = await unlessAborted(place.take(), signal, (late) => place.giveBack(late))
    // What is being answered has to be cut off: another command could not use the connection before its end.
    const stop = (): void => connection[Symbol.dispose]()
    signal.addEventListener('abort', stop, { once: true })
    return {
      connection,
      progressed,
      [Symbol.dispose]: () => {
        signal.removeEventListener('abort', stop)
        place.giveBack(connection)
      },
    }
  }

  /** Waits for the next attempt. @throws what the failure is, when there should be none */
  async #afterwards(error: unknown, retryPolicy: RetryPolicy): Promise<void> {
    this.signal.throwIfAborted()
    if (error instanceof Interrupted) throw error.failure
    if (!this.#connections.reached) throw error
    await retryPolicy.wait(error)
  }
}

/** @param late is given what comes when nobody waits for it any more */
async function unlessAborted<T>(
  promise: Promise<T>,
  signal: AbortSignal,
  late: (value: T) => void,
): Promise<T> {
  const { promise: aborted, reject } = Promise.withResolvers<never>()
  const stop = (): void => {
    promise.then(late, () => {})
    reject(signal.reason)
  }
  signal.addEventListener('abort', stop, { once: true })
  try {
    return await Promise.race([promise, aborted])
  } finally {
    signal.removeEventListener('abort', stop)
  }
}

/** Carries a failure past the retries. */
class Interrupted extends Error {
  readonly failure: TransferError

  constructor(cause: TransferError) {
    const text = `${cause.message}, before it was known whether the server had done it. Look, and run it again if not`
    super(text, { cause })
    this.failure = new TransferError(cause.code, text, { cause })
  }
}
