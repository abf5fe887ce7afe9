import { type ErrorCode, TransferError } from '@ftp/protocol'
import type { TransferResult } from '../transfer/result.ts'
import type { TransferSummary } from './reporter.ts'

/** Counts how files end. */
export class SummaryCounter {
  readonly #started = performance.now()
  /** How many files have failed with each code. */
  readonly #failures = new Map<ErrorCode, number>()
  #files = 0
  #bytes = 0
  #moved = 0
  #skipped = 0
  #isLost = false

  /** @param moved bytes of it that were moved now */
  ended({ outcome, bytes }: TransferResult, moved: number): void {
    if (outcome === 'skipped') this.#skipped++
    else this.#files++
    this.#bytes += bytes
    this.#moved += moved
  }

  /** @param files that have failed for the same reason */
  failed(failure: TransferError, files = 1): void {
    this.#isLost ||= failure.advice === 'resume'
    if (files > 0) this.#add(failure.code, files)
  }

  /** One failure with this code no longer counts. */
  forgive(code: ErrorCode): void {
    this.#add(code, -1)
  }

  get hasFailed(): boolean {
    return this.#failures.size > 0
  }

  /** Whether the server could not be reached any more. */
  get isLost(): boolean {
    return this.#isLost
  }

  /** @param signal its abort is the reason for whatever failed after it */
  summary(signal?: AbortSignal): TransferSummary {
    const codes = signal?.aborted ? [TransferError.from(signal.reason).code] : [...this.#failures.keys()]
    return {
      files: this.#files,
      bytes: this.#bytes,
      moved: this.#moved,
      skipped: this.#skipped,
      failed: this.#failures.values().reduce((sum, count) => sum + count, 0),
      seconds: (performance.now() - this.#started) / 1000,
      codes,
    }
  }

  #add(code: ErrorCode, files: number): void {
    const count = (this.#failures.get(code) ?? 0) + files
    if (count > 0) this.#failures.set(code, count)
    else this.#failures.delete(code)
  }
}
