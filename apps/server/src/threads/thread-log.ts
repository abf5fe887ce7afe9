/**
 * How long lines are collected before they are sent, in milliseconds: each message costs both threads time.
 */
const BATCH_MS = 20

/** Sends log lines to the main thread in batches. */
export class ThreadLog {
  readonly #send: (lines: string) => void
  #waiting = ''
  #timer: NodeJS.Timeout | undefined

  constructor(send: (lines: string) => void) {
    this.#send = send
  }

  readonly write = (line: string): void => {
    this.#waiting += line
    this.#timer ??= setTimeout(() => this.flush(), BATCH_MS)
  }

  /** Sends the waiting lines. */
  flush(): void {
    clearTimeout(this.#timer)
    this.#timer = undefined
    if (this.#waiting === '') return
    this.#send(this.#waiting)
    this.#waiting = ''
  }
}
