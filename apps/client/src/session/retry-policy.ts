import { setTimeout as delay } from 'node:timers/promises'
import { TransferError } from '@ftp/protocol'

/** How long a failure of the connection is answered with another attempt. */
export interface RetryOptions {
  /** Give up if attempts have failed for this long without any progress, in milliseconds. */
  readonly retryForMs: number
  readonly onRetry?: ((failure: TransferError, delayMs: number) => void) | undefined
}

const FIRST_DELAY_MS = 100
const LONGEST_DELAY_MS = 5_000
/** How often one action is retried after invalid frames, which a faulty line can cause if there is no TLS. */
const GARBLED_AT_MOST = 3

/** Decides whether an action is retried after its connection has failed, and when. */
export class RetryPolicy {
  readonly #retry: RetryOptions
  readonly #signal: AbortSignal
  #failures = 0
  #garbled = 0
  /**
   * When the current series of failures began. Time before the first failure does not count: a block that
   * takes an hour on a slow link is no reason to give up.
   */
  #failingSince: number | undefined

  constructor(retry: RetryOptions, signal: AbortSignal) {
    this.#retry = retry
    this.#signal = signal
  }

  /** Starts the count anew, because something has moved. */
  progressed(): void {
    this.#failures = 0
    this.#failingSince = undefined
  }

  /**
   * Waits until the next attempt is due.
   * @throws the given error, or one that says how long was tried, if there must be no other attempt
   */
  async wait(error: unknown): Promise<void> {
    const failure = TransferError.from(error)
    const again = failure.code === 'protocol' ? this.#garbled++ < GARBLED_AT_MOST : failure.advice !== 'stop'
    // An error of the disk is rethrown unchanged: the caller knows which file it is about.
    if (!again) throw error
    const { retryForMs, onRetry } = this.#retry
    const longestMs = Math.min(LONGEST_DELAY_MS, FIRST_DELAY_MS * 2 ** this.#failures++)
    const waitMs = longestMs * (0.5 + Math.random() / 2)
    this.#failingSince ??= performance.now()
    if (performance.now() + waitMs - this.#failingSince > retryForMs) throw gaveUp(failure, retryForMs)
    onRetry?.(failure, waitMs)
    const signal = this.#signal
    await delay(waitMs, undefined, { signal }).catch(() => signal.throwIfAborted())
  }
}

function gaveUp(failure: TransferError, retryForMs: number): TransferError {
  const text = `${failure.message}; gave up after trying for ${retryForMs / 1000} s. Run the same command again to continue`
  return new TransferError(failure.code, text, { cause: failure })
}
