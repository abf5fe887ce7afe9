import { setTimeout as delay } from 'node:timers/promises'
import { TransferError } from '@ftp/protocol'

/** How long failures of the connection are met with another attempt. Milliseconds. */
export interface RetryOptions {
  /** Give up when attempts have failed for this long and nothing has moved. */
  readonly retryForMs: number
  readonly onRetry?: ((failure: TransferError, delayMs: number) => void) | undefined
}

const FIRST_DELAY_MS = 100
const LONGEST_DELAY_MS = 5_000
/** How often one action is tried again after frames that make no sense, which a bad wire without TLS can cause. */
const GARBLED_AT_MOST = 3

/** How long one action goes on after its connection has failed. */
export class RetryPolicy {
  readonly #retry: RetryOptions
  readonly #signal: AbortSignal
  #failures = 0
  #garbled = 0
  /** Counted from a failure on: a block that takes an hour on a slow link is no reason to give up. */
  #failingSince: number | undefined

  constructor(retry: RetryOptions, signal: AbortSignal) {
    this.#retry = retry
    this.#signal = signal
  }

  /** Something has moved: it starts anew. */
  progressed(): void {
    this.#failures = 0
    this.#failingSince = undefined
  }

  /**
   * Waits until the next attempt is due.
   * @throws what the failure is, when there should be none
   */
  async wait(error: unknown): Promise<void> {
    const failure = TransferError.from(error)
    const again = failure.code === 'protocol' ? this.#garbled++ < GARBLED_AT_MOST : failure.advice !== 'stop'
    // The caller knows which file an error of the disk is about.
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
