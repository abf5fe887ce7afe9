import { addAbortListener } from 'node:events'
import { TransferError } from '@ftp/protocol'
import type { Connection } from '../connection/connection.ts'
import type { ConnectionPool } from './connection-pool.ts'
import { type RetryOptions, RetryPolicy } from './retry-policy.ts'
import { SharedConnection } from './shared-connection.ts'
import { unlessAborted } from './unless-aborted.ts'

/** Passed to an action for one attempt. */
export interface Attempt {
  readonly connection: Connection
  /** Must be called when verified bytes have moved: the time for retries then starts anew. */
  readonly progressed: () => void
}

/** How a session runs its actions. */
export interface SessionOptions extends RetryOptions {
  /** If it is aborted, every running action ends. */
  readonly signal: AbortSignal
  /** The connection that all actions share. Without it, each action borrows one of its own. */
  readonly connection?: SharedConnection | undefined
  /** Whether to keep trying if the server has never answered. Default: no, because the address may be wrong. */
  readonly awaitServer?: boolean | undefined
}

/**
 * Runs actions on one server, with as many attempts as they need. Immutable. The pool is disposed of by its
 * creator.
 */
export class Session {
  readonly #pool: ConnectionPool
  readonly #options: SessionOptions

  constructor(pool: ConnectionPool, options: Omit<SessionOptions, 'signal'> & Partial<SessionOptions>) {
    this.#pool = pool
    this.#options = { signal: pool.signal, ...options }
  }

  /** The server's name, followed by its port if that is not the default one. */
  get server(): string {
    return this.#pool.server
  }

  /** The address at which a browser finds the server: `https://nas:7021`. */
  get origin(): string {
    return this.#pool.origin
  }

  /** If it is aborted, every running action ends. */
  get signal(): AbortSignal {
    return this.#options.signal
  }

  /**
   * The same session with other options. @param options a signal is added to the current one; other options
   * replace theirs
   */
  with({ signal, ...options }: Partial<SessionOptions>): Session {
    const both = signal === undefined ? this.signal : AbortSignal.any([this.signal, signal])
    return new Session(this.#pool, { ...this.#options, ...options, signal: both })
  }

  /** Makes a connection for several actions at once: see {@link SessionOptions.connection}. */
  shareConnection(): SharedConnection {
    return new SharedConnection(this.#pool, this.signal)
  }

  /**
   * Runs `action`, and runs it again if it fails because of the connection. If the server has never answered,
   * it is not run again, unless the session awaits the server.
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

  /**
   * Does the same as {@link run} for an action that yields values one by one. On a new connection, the action
   * starts from its beginning.
   */
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
   * Runs an action that would fail if it were done twice, such as a removal. It is repeated only if the
   * server has said that it did nothing.
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
    // The answer in progress must be cut off by closing the connection, which no other request could use
    // before it ends.
    held.use(addAbortListener(signal, () => connection[Symbol.dispose]()))
    const kept = held.move()
    return { connection, progressed, [Symbol.dispose]: () => kept.dispose() }
  }

  /** @throws the failure, if there must be no other attempt */
  async #waitToRetry(error: unknown, retries: RetryPolicy): Promise<void> {
    this.signal.throwIfAborted()
    if (error instanceof Reconnect) return
    if (error instanceof Interrupted) throw error.failure
    if (!this.#pool.reached && this.#options.awaitServer !== true) throw error
    await retries.wait(error)
  }
}

/** Thrown by an action that has closed its connection during a long wait, to be run again at once on another one. */
export class Reconnect extends Error {}

/** Carries a failure past the retries. */
class Interrupted extends Error {
  readonly failure: TransferError

  constructor(cause: TransferError) {
    const text = `${cause.message}, before it was known whether the server had done it. Look, and run it again if not`
    super(text, { cause })
    this.failure = new TransferError(cause.code, text, { cause })
  }
}
