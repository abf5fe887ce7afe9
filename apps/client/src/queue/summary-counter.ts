import { type FailureCode, TransferError } from '@ftp/protocol'
import type { TransferResult } from '../transfer/result.ts'
import type { TransferSummary } from './reporter.ts'

/** The most failures that a summary lists. */
const MOST_SHOWN = 100

/** Counts how files end. */
export class SummaryCounter {
  readonly #started = performance.now()
  readonly #failures: TransferError[] = []
  /** How many files have failed with each code. */
  readonly #failed = new Map<FailureCode, number>()
  #files = 0
  #bytes = 0
  #moved = 0
  #skipped = 0
  #isLost = false

  /** @param moved how many bytes this run moved for the file */
  ended({ outcome, bytes }: TransferResult, moved: number): void {
    if (outcome === 'skipped') this.#skipped++
    else this.#files++
    this.#bytes += bytes
    this.#moved += moved
  }

  /** @param files how many files have failed for this reason */
  failed(failure: TransferError, files = 1): void {
    this.#isLost ||= failure.advice === 'resume'
    if (files > 0) this.#add(failure.code, files)
    if (this.#failures.length < MOST_SHOWN) this.#failures.push(failure)
  }

  /** Takes back one failure with this code. */
  forgive(code: FailureCode): void {
    this.#add(code, -1)
    const shown = this.#failures.findIndex((failure) => failure.code === code)
    if (shown >= 0) this.#failures.splice(shown, 1)
  }

  get hasFailed(): boolean {
    return this.#failed.size > 0
  }

  /** Whether the server could no longer be reached. */
  get isLost(): boolean {
    return this.#isLost
  }

  /** @param signal if it has been aborted, its reason is the only code that counts */
  summary(signal?: AbortSignal): TransferSummary {
    const codes = signal?.aborted ? [TransferError.from(signal.reason).code] : [...this.#failed.keys()]
    return {
      files: this.#files,
      bytes: this.#bytes,
      moved: this.#moved,
      skipped: this.#skipped,
      failed: this.#failed.values().reduce((sum, count) => sum + count, 0),
      failures: this.#failures,
      seconds: (performance.now() - this.#started) / 1000,
      codes,
    }
  }

  #add(code: FailureCode, files: number): void {
    const count = (this.#failed.get(code) ?? 0) + files
    if (count > 0) this.#failed.set(code, count)
    else this.#failed.delete(code)
  }
}
