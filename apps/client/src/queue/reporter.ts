import type { FailureCode, TransferError } from '@ftp/protocol'
import type { TransferResult } from '../transfer/result.ts'
import type { TransferListener } from '../transfer/transfer-listener.ts'

/** What the transfer of one file took. */
export interface FileStats {
  /** The bytes moved now; those that an earlier attempt had moved do not count. */
  readonly moved: number
  /** How long the transfer took, including all attempts. */
  readonly seconds: number
}

/** Receives the events of one file. */
export interface FileReporter extends TransferListener {
  /** The connection failed. The transfer continues by itself after the delay. */
  retrying(failure: TransferError, delayMs: number): void
  /** The transfer has succeeded, or a policy has skipped the file. */
  ended(result: TransferResult, effort: FileStats): void
  /** The transfer has failed for good. */
  failed(failure: TransferError): void
  /** The file was not moved, and nothing is to be shown, because it will come again. */
  dropped(): void
}

/** How the transfer of many files ended. */
export interface TransferSummary {
  /** How many files are complete and verified at their targets. */
  readonly files: number
  /** The total size of those files. */
  readonly bytes: number
  /** How many of those bytes were moved now; those that an earlier attempt had moved do not count. */
  readonly moved: number
  /** How many files stayed as they are because of a policy. */
  readonly skipped: number
  /** How many files and directories could not be read, moved or removed. */
  readonly failed: number
  /** The codes of all failures, each once; after an abort, only the code of its reason. */
  readonly codes: readonly FailureCode[]
  /** The first failures, at most 100. */
  readonly failures: readonly TransferError[]
  /** How long all of it took. */
  readonly seconds: number
  /** Only for a sync: what it did besides moving files. */
  readonly sync?: SyncCounts | undefined
}

/** What a sync did besides moving files, or what it would do. */
export interface SyncCounts {
  /** How many entries only got another time or other permission bits. */
  readonly changed: number
  /** How many entries were deleted, those in deleted directories included. */
  readonly deleted: number
  /** Only for a dry run: the files that would be moved. Then all counts are of what would be done. */
  readonly planned?: { readonly files: number; readonly bytes: number } | undefined
}

/** A message: an event for programs, and a line for people. */
export interface Notice {
  /** The message as programs read it: an object with the name of the `event` and its fields. */
  readonly event: Readonly<Record<string, unknown>>
  /** The message as people read it, without a line break. */
  readonly line: string
  /**
   * Whether the message is the result that the command is run for, and therefore belongs on standard output.
   */
  readonly isOutput: boolean
}

/** Receives the events of a transfer of many files, and shows them to a person or a program. */
export interface Reporter {
  /** One more file has been found. @param size in bytes; undefined if it is not known */
  found(size: number | undefined): void
  /** All files have been found. */
  foundAll(): void
  /**
   * The transfer of a file begins.
   * @param name the file as the user knows it
   * @param to the path of its target
   */
  file(name: string, to: string, size: number | undefined): FileReporter
  /** Something failed before its transfer could begin. @param name its path, if it is known */
  failed(failure: TransferError, name?: string): void
  /** A message that does not concern the transfer of one file. */
  notice(notice: Notice): void
  /** Called once, at the very end. */
  summary(summary: TransferSummary): void
}
