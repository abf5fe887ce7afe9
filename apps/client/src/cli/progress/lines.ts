import { printable, type TransferError } from '@ftp/protocol'
import { OutputError } from '@ftp/terminal'
import type { FileReporter, Notice, Reporter, TransferSummary } from '../../queue/reporter.ts'
import { endedText, finalPath, labelOf, resumedText, retryText, summaryText } from './sentences.ts'

export interface LineReporterOptions {
  /** What is done to each file, for the summary: `received`. */
  readonly verb: string
  /** Whether only failures are shown. */
  readonly quiet?: boolean | undefined
  /** Whether files that succeed are not mentioned. */
  readonly brief: boolean
  /** Writes a line to standard error. */
  readonly write: (line: string) => void
  /** Writes a line to standard output. */
  readonly print: (line: string) => void
}

/** Writes plain lines, for logs and pipes. With `quiet`, only failures are written. */
export class LineReporter implements Reporter {
  readonly #verb: string
  readonly #quiet: boolean
  readonly #brief: boolean
  readonly #write: (line: string) => void
  readonly #print: (line: string) => void
  readonly #reported = new WeakSet<TransferError>()

  constructor({ verb, quiet = false, brief, write, print }: LineReporterOptions) {
    this.#verb = verb
    this.#brief = brief
    this.#quiet = quiet
    this.#write = write
    this.#print = print
  }

  found(): void {}

  foundAll(): void {}

  file(from: string, to: string): FileReporter {
    const name = (): string => labelOf(from, to)
    const tell = (text: string): void => {
      if (!this.#quiet) this.#write(text)
    }
    return {
      phase: () => {},
      size: () => {},
      moved: () => {},
      resumed: (position, held) => tell(resumedText(name(), position, held)),
      retrying: (failure, delayMs) => tell(retryText(name(), failure, delayMs)),
      ended: (result, effort) => {
        if (!this.#brief) tell(endedText(labelOf(from, finalPath(to, result)), this.#verb, result, effort))
      },
      dropped: () => {},
      failed: (failure) => this.failed(failure),
    }
  }

  failed(failure: TransferError): void {
    // The files of a directory that could not be made all fail with the same error, which is reported once.
    if (this.#reported.has(failure) || failure instanceof OutputError) return
    this.#reported.add(failure)
    this.#write(`ftp-client: ${printable(failure.message)}`)
  }

  notice({ line, isOutput }: Notice): void {
    if (!this.#quiet) (isOutput ? this.#print : this.#write)(line)
  }

  summary(summary: TransferSummary): void {
    if (!this.#quiet && (this.#brief || summary.files + summary.skipped + summary.failed > 1))
      this.#write(summaryText(this.#verb, summary))
  }
}
