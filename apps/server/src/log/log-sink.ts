import fs from 'node:fs'
import { setTimeout as delay } from 'node:timers/promises'
import { promisify } from 'node:util'
import { errnoOf, fromErrno, TransferError } from '@ftp/protocol'

const { O_APPEND, O_CREAT, O_NOCTTY = 0, O_NONBLOCK = 0, O_WRONLY } = fs.constants
const PATIENT = O_WRONLY | O_APPEND | O_NONBLOCK | O_NOCTTY
const STANDARD_ERROR = 2
/** How soon to retry if a pipe or terminal accepts nothing, in milliseconds. */
const AGAIN_MS = 50

const write = promisify(fs.write)

/**
 * The destination of a log. No write blocks a thread of the pool, because such a thread could not be ended.
 * If a pipe has no reader or a terminal is stopped, {@link LogSink.write} waits instead.
 */
export class LogSink {
  readonly #fd: number
  #writing: Promise<void> = Promise.resolve()
  #closed = false

  private constructor(fd: number) {
    this.#fd = fd
  }

  /**
   * Opens a log file; creates it if it does not exist.
   * @throws TransferError if it cannot be opened
   */
  static file(file: string): LogSink {
    try {
      return new LogSink(fs.openSync(file, PATIENT | O_CREAT, 0o640))
    } catch (cause) {
      const { code, message } = fromErrno(cause, `the log file "${file}"`)
      throw new TransferError(code, `${message}; name another one with --log-file`, { cause })
    }
  }

  static standardError(): LogSink {
    try {
      const stats = fs.fstatSync(STANDARD_ERROR)
      if (!stats.isFIFO() && !stats.isCharacterDevice()) return new LogSink(STANDARD_ERROR)
      // Open the stream anew, because non-blocking mode would also affect other programs that write to the
      // same pipe or terminal.
      return new LogSink(fs.openSync('/dev/fd/2', PATIENT))
    } catch {
      // On Windows, the stream cannot be opened anew, and a service may have none.
      return new LogSink(STANDARD_ERROR)
    }
  }

  /** Resolves when everything has been accepted. */
  write(bytes: Uint8Array): Promise<void> {
    this.#writing = this.#write(bytes)
    return this.#writing
  }

  async #write(bytes: Uint8Array): Promise<void> {
    for (let at = 0; at < bytes.length && !this.#closed; )
      try {
        at += (await write(this.#fd, bytes, at)).bytesWritten
      } catch (error) {
        if (errnoOf(error) !== 'EAGAIN') throw error
        await delay(AGAIN_MS, undefined, { ref: false })
      }
  }

  close(): void {
    if (this.#closed || this.#fd === STANDARD_ERROR) return
    this.#closed = true
    const closing = (): void => fs.close(this.#fd, () => {})
    this.#writing.then(closing, closing)
  }
}
