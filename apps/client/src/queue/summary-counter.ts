import { type ErrorCode, TransferError } from '@ftp/protocol'
import type { TransferResult } from '../transfer/result.ts'
import type { TransferSummary } from './reporter.ts'

/** Counts how the files of a command end. */
export class SummaryCounter {
  readonly #started = performance.now()
  readonly #codes = new Set<ErrorCode>()
  #files = 0
  #bytes = 0
  #moved = 0
  #skipped = 0
  #failed = 0
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
    this.#codes.add(failure.code)
    this.#isLost ||= failure.advice === 'resume'
    this.#failed += files
  }

  get hasFailed(): boolean {
    return this.#failed > 0
  }

  /** Whether the server could not be reached any more. */
  get isLost(): boolean {
    return this.#isLost
  }

  /** @param signal its abort is the reason for whatever failed after it */
  summary(signal: AbortSignal): TransferSummary {
    const codes = signal.aborted ? [TransferError.from(signal.reason).code] : [...this.#codes]
    return {
      files: this.#files,
      bytes: this.#bytes,
      moved: this.#moved,
      skipped: this.#skipped,
      failed: this.#failed,
      seconds: (performance.now() - this.#started) / 1000,
      codes,
    }
  }
}
