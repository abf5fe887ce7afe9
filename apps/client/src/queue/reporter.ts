import type { ErrorCode, TransferError } from '@ftp/protocol'
import type { TransferListener } from '../transfer/listener.ts'
import type { Moved } from '../transfer/result.ts'

/** What it took. */
export interface FileEffort {
  /** Bytes that were moved now, not by an earlier attempt. */
  readonly moved: number
  readonly seconds: number
}

/** Told how one file goes. */
export interface FileReporter extends TransferListener {
  /** The connection failed; the transfer goes on by itself after the delay. */
  retrying(failure: TransferError, delayMs: number): void
  ended(result: Moved, effort: FileEffort): void
  failed(failure: TransferError): void
}

/** The end of a command. */
export interface Summary {
  readonly files: number
  readonly bytes: number
  /** Of them, bytes that were moved now. */
  readonly moved: number
  readonly skipped: number
  readonly failed: number
  readonly seconds: number
  /** Why something failed, each once; where the command was interrupted, that alone. */
  readonly codes: readonly ErrorCode[]
}

/** An event for programs, a line for people. */
export interface Told {
  readonly event: Readonly<Record<string, unknown>>
  readonly line: string
  /** Whether it is what the command is run for, and belongs to standard output. */
  readonly isOutput: boolean
}

/** Tells people or programs how a command that moves files goes. */
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
  /** Something besides. */
  tell(told: Told): void
  /** Called once, after everything. */
  summary(summary: Summary): void
}
