import { setTimeout as delay } from 'node:timers/promises'
import { TransferError } from '@ftp/protocol'
import { Connection, type ConnectOptions } from './connection/connection.ts'

/** How long failures of the connection are met with another attempt. Milliseconds. */
export interface RetryOptions {
  /** Give up when attempts have failed for this long and nothing has moved. */
  readonly retryForMs: number
  readonly onRetry?: ((failure: TransferError, delayMs: number) => void) | undefined
}

/** What an attempt is given. */
export interface Attempt {
  readonly connection: Connection
  /** To be called when verified bytes have moved: the patience starts anew. */
  readonly progressed: () => void
}

const FIRST_DELAY_MS = 100
const LONGEST_DELAY_MS = 5_000
/** How often one action is tried again after frames that make no sense, which a bad wire without TLS can cause. */
const GARBLED_AT_MOST = 3

/** The connections to one server: opened when needed, used again, replaced when lost. */
export class Session implements Disposable {
  readonly #options: ConnectOptions
  readonly #retry: RetryOptions
  readonly #idle: Connection[] = []
  readonly #all = new Set<Connection>()
  #reached = false

  constructor(options: ConnectOptions, retry: RetryOptions) {
    this.#options = options
    this.#retry = retry
  }

  get signal(): AbortSignal {
    return this.#options.signal
  }

  /**
   * Runs `action` on a connection of its own, again and again while the failure is the connection's. A server that
   * has never answered is not waited for.
   */
  async run<T>(action: (attempt: Attempt) => Promise<T>, onRetry = this.#retry.onRetry): Promise<T> {
    let failures = 0
    let garbled = 0
    // Counted from a failure on: a block that takes an hour on a slow link is no reason to lose patience.
    let failingSince: number | undefined
    const progressed = (): void => {
      failures = 0
      failingSince = undefined
    }
    for (;;) {
      try {
        return await this.#attempt(action, progressed)
      } catch (error) {
        this.signal.throwIfAborted()
        if (error instanceof Interrupted) throw error.failure
        const failure = TransferError.from(error)
        const again = failure.code === 'protocol' ? garbled++ < GARBLED_AT_MOST : failure.advice !== 'stop'
        if (!again || !this.#reached) throw failure
        const waitMs =
          Math.min(LONGEST_DELAY_MS, FIRST_DELAY_MS * 2 ** failures++) * (0.5 + Math.random() / 2)
        failingSince ??= performance.now()
        if (performance.now() + waitMs - failingSince > this.#retry.retryForMs)
          throw gaveUp(failure, this.#retry.retryForMs)
        onRetry?.(failure, waitMs)
        await delay(waitMs, undefined, { signal: this.signal }).catch(() => this.signal.throwIfAborted())
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
    for (const connection of this.#all) connection[Symbol.dispose]()
  }

  async #attempt<T>(action: (attempt: Attempt) => Promise<T>, progressed: () => void): Promise<T> {
    const connection = this.#take() ?? (await this.#open())
    try {
      return await action({ connection, progressed })
    } finally {
      if (connection.usable) this.#idle.push(connection)
      else this.#all.delete(connection)
    }
  }

  #take(): Connection | undefined {
    for (let connection = this.#idle.pop(); connection !== undefined; connection = this.#idle.pop()) {
      if (connection.usable) return connection
      this.#all.delete(connection)
    }
    return undefined
  }

  async #open(): Promise<Connection> {
    const connection = await Connection.open(this.#options)
    this.#all.add(connection)
    this.#reached = true
    return connection
  }
}

function gaveUp(failure: TransferError, retryForMs: number): TransferError {
  const text = `${failure.message}; gave up after trying for ${retryForMs / 1000} s. Run the same command again to continue`
  return new TransferError(failure.code, text, { cause: failure })
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
