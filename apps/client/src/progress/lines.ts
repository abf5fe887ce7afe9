import { printable } from '@ftp/protocol'
import type { FileReporter, Reporter, Summary } from './reporter.ts'
import { endedText, labelOf, resumedText, retryText, summaryText } from './sentences.ts'

/** Plain lines, for logs and pipes. With `quiet` only failures. */
export class Lines implements Reporter {
  readonly #verb: string
  readonly #quiet: boolean
  readonly #write: (line: string) => void

  constructor(verb: string, quiet: boolean, write: (line: string) => void) {
    this.#verb = verb
    this.#quiet = quiet
    this.#write = write
  }

  file(from: string, to: string): FileReporter {
    const name = labelOf(from, to)
    const tell = (text: string): void => {
      if (!this.#quiet) this.#write(text)
    }
    return {
      phase: () => {},
      size: () => {},
      moved: () => {},
      resumed: (position, held) => tell(resumedText(name, position, held)),
      retrying: (failure, delayMs) => tell(retryText(name, failure, delayMs)),
      ended: (result, effort) => tell(endedText(name, this.#verb, result, effort)),
      failed: (failure) => this.#write(`ftp-client: ${printable(failure.message)}`),
    }
  }

  summary(summary: Summary): void {
    if (!this.#quiet && summary.files + summary.skipped + summary.failed > 1)
      this.#write(summaryText(this.#verb, summary))
  }
}
