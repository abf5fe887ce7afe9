import { listedCode, printableJson, type TransferError } from '@ftp/protocol'
import type { FileReporter, Notice, Reporter, TransferSummary } from '../../queue/reporter.ts'
import { exitOf } from '../exit-codes.ts'
import { finalPath } from './sentences.ts'
import { summaryEvent } from './summary.ts'

/** How often the progress of one file is reported, in milliseconds. */
const EVERY_MS = 500

/**
 * Writes one JSON object per line: for each file `start`, `progress`, `resume` and `retry`, then `done`,
 * `skipped` or `error`; at the end, `summary`. The `done` of a put is a receipt: the server has stored the
 * file durably. `bytes` counts verified bytes, and `moved` those of them that no earlier attempt had left.
 */
export class JsonReporter implements Reporter {
  readonly #command: string
  readonly #write: (line: string) => void

  constructor(command: string, write: (line: string) => void) {
    this.#command = command
    this.#write = write
  }

  found(): void {}

  foundAll(): void {}

  file(name: string, to: string): FileReporter {
    const tell = (event: string, fields: object): void => this.#say({ event, path: name, ...fields })
    let size: number | undefined
    let reportedAt = 0
    tell('start', { command: this.#command, to })
    return {
      phase: () => {},
      size: (bytes) => {
        size = bytes
      },
      moved: (position) => {
        const now = performance.now()
        if (now - reportedAt < EVERY_MS) return
        reportedAt = now
        tell('progress', { bytes: position, total: size ?? null })
      },
      resumed: (position, held) => tell('resume', { bytes: position, held }),
      retrying: (failure, delayMs) =>
        tell('retry', {
          code: listedCode(failure.code),
          message: failure.message,
          delayMs: Math.round(delayMs),
        }),
      ended: (result, { moved }) => {
        const { outcome, bytes, md5 } = result
        tell(outcome, {
          to: finalPath(to, result),
          bytes,
          moved,
          ...(md5 !== undefined && { md5 }),
          time: new Date().toISOString(),
        })
      },
      dropped: () => {},
      failed: (failure) => this.failed(failure, name),
    }
  }

  failed({ code, message }: TransferError, path?: string): void {
    this.#say({
      event: 'error',
      ...(path !== undefined && { path }),
      code: listedCode(code),
      message,
      exitCode: exitOf(code),
    })
  }

  notice({ event }: Notice): void {
    this.#say(event)
  }

  summary(summary: TransferSummary): void {
    this.#say(summaryEvent(this.#command, summary))
  }

  #say(event: object): void {
    this.#write(printableJson(JSON.stringify(event)))
  }
}
