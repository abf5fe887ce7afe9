import type { TransferError } from '@ftp/protocol'
import type { FileReporter, Notice, Reporter, TransferSummary } from '../../queue/reporter.ts'
import type { Total } from './total.ts'

/**
 * Counts the progress of all files, for callers that ask for it, and passes every event on to another
 * reporter.
 */
export class CountingReporter implements Reporter {
  readonly #inner: Reporter
  readonly #total: Total

  constructor(inner: Reporter, total: Total) {
    this.#inner = inner
    this.#total = total
  }

  found(size: number | undefined): void {
    this.#total.found(size ?? 0)
    this.#inner.found(size)
  }

  foundAll(): void {
    this.#total.foundAll()
    this.#inner.foundAll()
  }

  file(name: string, to: string, size: number | undefined): FileReporter {
    const inner = this.#inner.file(name, to, size)
    const count = this.#total.file(size ?? 0)
    return {
      phase: (phase) => {
        count.phase(phase)
        inner.phase(phase)
      },
      size: (bytes) => {
        count.size(bytes)
        inner.size(bytes)
      },
      moved: (position) => {
        count.moved(position)
        inner.moved(position)
      },
      resumed: (position, held) => {
        count.resumed(position, held)
        inner.resumed(position, held)
      },
      retrying: inner.retrying,
      ended: (result, effort) => {
        count.ended()
        inner.ended(result, effort)
      },
      dropped: () => {
        count.ended()
        inner.dropped()
      },
      failed: (failure) => {
        count.ended()
        inner.failed(failure)
      },
    }
  }

  failed(failure: TransferError, name?: string): void {
    this.#inner.failed(failure, name)
  }

  notice(notice: Notice): void {
    this.#inner.notice(notice)
  }

  summary(summary: TransferSummary): void {
    this.#inner.summary(summary)
  }
}
