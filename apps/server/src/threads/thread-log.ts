/** Lines wait so long for others, in milliseconds: each message to another thread costs both. */
const BATCH_MS = 20

/** Sends log lines on, many at a time. */
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

  /** Sends what is waiting. */
  flush(): void {
    clearTimeout(this.#timer)
    this.#timer = undefined
    if (this.#waiting === '') return
    this.#send(this.#waiting)
    this.#waiting = ''
  }
}
