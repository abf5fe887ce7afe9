import type { FailureCode, TransferError } from '@ftp/protocol'
import type { TransferResult } from '../transfer/result.ts'
import type { TransferListener } from '../transfer/transfer-listener.ts'

/** What a file took. */
export interface FileStats {
  /** Bytes that were moved now, not by an earlier attempt. */
  readonly moved: number
  readonly seconds: number
}

/** Hears how one file goes. */
export interface FileReporter extends TransferListener {
  /** The connection failed; the transfer goes on by itself after the delay. */
  retrying(failure: TransferError, delayMs: number): void
  ended(result: TransferResult, effort: FileStats): void
  failed(failure: TransferError): void
  /** It was not moved, and nothing is to be said of it: it will come again. */
  dropped(): void
}

/** How the transfer of many files ended. */
export interface TransferSummary {
  /** Files that are complete and verified where they were to go. */
  readonly files: number
  /** Their size. */
  readonly bytes: number
  /** Of those bytes, the ones that were moved now and not by an earlier attempt. */
  readonly moved: number
  /** Files that stayed as they are, because of a policy. */
  readonly skipped: number
  /** Files and directories that could not be read, moved or removed. */
  readonly failed: number
  /** Why, each code once; after an abort only the code of its reason. */
  readonly codes: readonly FailureCode[]
  /** The first failures, at most 100. */
  readonly failures: readonly TransferError[]
  readonly seconds: number
}

/** Something to say: an event for programs, a line for people. */
export interface Notice {
  readonly event: Readonly<Record<string, unknown>>
  readonly line: string
  /** Whether it is what the command is run for, and belongs to standard output. */
  readonly isOutput: boolean
}

/** Hears how many files are moved, and shows it to a person or a program. */
export interface Reporter {
  /** There is one more file to move, of so many bytes where that is known. */
  found(size: number | undefined): void
  /** There are no more. */
  foundAll(): void
  /**
   * A file begins to move.
   * @param name the file as the user knows it; `to` where it goes
   */
  file(name: string, to: string, size: number | undefined): FileReporter
  /** Something that could not even begin. */
  failed(failure: TransferError): void
  /** Something worth a line that is not the way of a file. */
  notice(notice: Notice): void
  /** Called once, after everything. */
  summary(summary: TransferSummary): void
}
