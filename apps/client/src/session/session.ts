import { addAbortListener } from 'node:events'
import { TransferError } from '@ftp/protocol'
import type { Connection } from '../connection/connection.ts'
import type { ConnectionPool } from './connection-pool.ts'
import { type RetryOptions, RetryPolicy } from './retry-policy.ts'
import { SharedConnection } from './shared-connection.ts'

/** What an attempt is given. */
export interface Attempt {
  readonly connection: Connection
  /** To be called when verified bytes have moved: the time for retries starts anew. */
  readonly progressed: () => void
}

/** How a session runs its actions. */
export interface SessionOptions extends RetryOptions {
  /** Its abort ends what runs. */
  readonly signal: AbortSignal
  /** The connection that all actions share; without one, each action borrows a connection of its own. */
  readonly connection?: SharedConnection | undefined
}

/** Runs actions at one server, with as many attempts as they need. Immutable; the pool belongs to its maker. */
export class Session {
  readonly #pool: ConnectionPool
  readonly #options: SessionOptions

  constructor(pool: ConnectionPool, options: Omit<SessionOptions, 'signal'> & Partial<SessionOptions>) {
    this.#pool = pool
    this.#options = { signal: pool.signal, ...options }
  }

  /** The server: its name, and its port where that is not the usual one. */
  get server(): string {
    return this.#pool.server
  }

  /** Its abort ends what runs. */
  get signal(): AbortSignal {
    return this.#options.signal
  }

  /** The same session with other options. @param options a signal is added to the one it has */
  with({ signal, ...options }: Partial<SessionOptions>): Session {
    const both = signal === undefined ? this.signal : AbortSignal.any([this.signal, signal])
    return new Session(this.#pool, { ...this.#options, ...options, signal: both })
  }

  /** A connection for several actions at once: see {@link SessionOptions.connection}. */
  shareConnection(): SharedConnection {
    return new SharedConnection(this.#pool, this.signal)
  }

  /**
   * Runs `action`, again and again while the failure is the connection's. A server that has never answered is not
   * waited for.
   */
  async run<T>(action: (attempt: Attempt) => Promise<T>): Promise<T> {
    const retries = new RetryPolicy(this.#options, this.signal)
    for (;;) {
      try {
        using attempt = await this.#attempt(retries)
        return await action(attempt)
      } catch (error) {
        await this.#waitToRetry(error, retries)
      }
    }
  }

  /** The same as {@link run} for an action that gives one thing after another. It begins again on a new connection. */
  async *stream<T>(action: (attempt: Attempt) => AsyncGenerator<T>): AsyncGenerator<T> {
    const retries = new RetryPolicy(this.#options, this.signal)
    for (;;) {
      try {
        using attempt = await this.#attempt(retries)
        return yield* action(attempt)
      } catch (error) {
        await this.#waitToRetry(error, retries)
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

  async #attempt(retries: RetryPolicy): Promise<Attempt & Disposable> {
    const { signal, connection: shared } = this.#options
    signal.throwIfAborted()
    const progressed = (): void => retries.progressed()
    const opened = shared?.opened
    if (opened !== undefined) return { connection: opened, progressed, [Symbol.dispose]: () => {} }
    using held = new DisposableStack()
    const { connection } = held.use(await unlessAborted((shared ?? this.#pool).borrow(), signal))
    // What is being answered has to be cut off: another command could not use the connection before its end.
    held.use(addAbortListener(signal, () => connection[Symbol.dispose]()))
    const kept = held.move()
    return { connection, progressed, [Symbol.dispose]: () => kept.dispose() }
  }

  /** @throws what the failure is, when there should be no other attempt */
  async #waitToRetry(error: unknown, retries: RetryPolicy): Promise<void> {
    this.signal.throwIfAborted()
    if (error instanceof Interrupted) throw error.failure
    if (!this.#pool.reached) throw error
    await retries.wait(error)
  }
}

/** What comes when nobody waits for it any more is disposed of. */
async function unlessAborted<T extends Disposable>(promise: Promise<T>, signal: AbortSignal): Promise<T> {
  const { promise: aborted, reject } = Promise.withResolvers<never>()
  using _abort = addAbortListener(signal, () => {
    promise.then(
      (late) => late[Symbol.dispose](),
      () => {},
    )
    reject(signal.reason)
  })
  return await Promise.race([promise, aborted])
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
