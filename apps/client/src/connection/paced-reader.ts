import type { RateLimit } from './rate-limit.ts'

interface Pausable {
  pause(): unknown
  resume(): unknown
}

/** Keeps a socket from being read faster than a limit allows. */
export class PacedReader implements Disposable {
  readonly #socket: Pausable
  readonly #limit: RateLimit
  readonly #ended = new AbortController()
  #until = 0

  constructor(socket: Pausable, limit: RateLimit) {
    this.#socket = socket
    this.#limit = limit
  }

  /** Whether nothing is read because of the limit. */
  get isResting(): boolean {
    return this.#until > this.#limit.clock.now()
  }

  /**
   * Must be called with the number of bytes that have arrived. Reading pauses until the limit allows that
   * many.
   */
  took(count: number): void {
    const wait = this.#limit.take(count)
    if (wait === 0) return
    this.#socket.pause()
    // Bytes that TLS has already decrypted still arrive, and extend the wait that has begun.
    const { isResting } = this
    this.#until = Math.max(this.#until, this.#limit.clock.now() + wait)
    if (!isResting) void this.#resumeRested()
  }

  async #resumeRested(): Promise<void> {
    const { signal } = this.#ended
    const { clock } = this.#limit
    for (;;) {
      const left = this.#until - clock.now()
      if (left <= 0 || signal.aborted) break
      await clock.sleep(left, signal)
    }
    this.#socket.resume()
  }

  [Symbol.dispose](): void {
    this.#ended.abort()
  }
}
