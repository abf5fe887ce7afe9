import { setTimeout as delay } from 'node:timers/promises'
import { TransferError } from '@ftp/protocol'
import type { LogOptions } from './log.ts'
import { LogSink } from './log-sink.ts'
import { textLine } from './text-line.ts'

/**
 * The maximum number of bytes that wait to be written. Any others are dropped: a full disk must not fill the
 * memory.
 */
const WAITING_BYTES = 1_048_576
/** How long closing waits for the last lines, in milliseconds. */
const LAST_MS = 500

/**
 * Writes the log lines of all threads. There is only one writer, so that lines are not mixed. If the log
 * cannot be written, nobody waits: lines are dropped, and the next line that can be written reports their
 * number.
 */
export class LogOutput {
  readonly #options: LogOptions
  /** Undefined if the disk has no space for a new file yet. */
  #sink: LogSink | undefined
  #waiting: string[] = []
  #bytes = 0
  #lost = 0
  #writing: Promise<void> | undefined

  /** @throws TransferError if the file cannot be opened */
  constructor(options: LogOptions) {
    this.#options = options
    this.#sink = this.#open()
  }

  /** Accepts any number of complete lines of JSON. */
  readonly write = (lines: string): void => {
    const text = this.#options.format === 'json' ? lines : asText(lines)
    if (this.#bytes + text.length > WAITING_BYTES) {
      this.#lost += text.split('\n').length - 1
      return
    }
    this.#waiting.push(text)
    this.#bytes += text.length
    this.#writing ??= this.#writeAll()
  }

  /**
   * Opens the file again after log rotation has moved it away.
   * @throws TransferError; the log then continues with the old file
   */
  reopen(): void {
    const fresh = this.#open()
    this.#sink?.close()
    this.#sink = fresh
  }

  /** Writes the waiting lines, as many as possible in half a second. */
  async close(): Promise<void> {
    const done = new AbortController()
    const late = delay(LAST_MS, undefined, { signal: done.signal }).catch(() => {})
    await Promise.race([this.#writing, late])
    done.abort()
    this.#sink?.close()
  }

  #open(): LogSink | undefined {
    const { file } = this.#options
    try {
      return file === undefined ? LogSink.standardError() : LogSink.file(file)
    } catch (error) {
      const { code } = TransferError.from(error)
      if (code === 'no_space' || code === 'quota') return undefined
      throw error
    }
  }

  async #put(text: string): Promise<void> {
    this.#sink ??= this.#open()
    if (this.#sink === undefined) throw new TransferError('no_space', 'the log has no file yet')
    await this.#sink.write(Buffer.from(text))
  }

  /** Never rejects. */
  async #writeAll(): Promise<void> {
    while (this.#waiting.length > 0) {
      const waiting = this.#waiting
      const [text, bytes] = [waiting.join(''), this.#bytes]
      this.#waiting = []
      const lost = this.#lost
      try {
        await this.#put(text + this.#confession())
        this.#lost -= lost
      } catch {
        this.#lost += text.split('\n').length - 1
      }
      this.#bytes -= bytes
    }
    this.#writing = undefined
  }

  #confession(): string {
    if (this.#lost === 0) return ''
    const fields = {
      level: 40,
      time: new Date().toISOString(),
      lines: this.#lost,
      msg: 'lines of the log lost',
    }
    const line = `${JSON.stringify(fields)}\n`
    return this.#options.format === 'json' ? line : asText(line)
  }
}

function asText(lines: string): string {
  return lines
    .split('\n')
    .map((line) => (line === '' ? '' : textLine(line)))
    .join('')
}
