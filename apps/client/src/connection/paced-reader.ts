import type net from 'node:net'
import { setTimeout as sleep } from 'node:timers/promises'
import type { RateLimit } from './rate-limit.ts'

/** Keeps a socket from being read faster than a limit allows. */
export class PacedReader implements Disposable {
  readonly #socket: net.Socket
  readonly #limit: RateLimit
  readonly #ended = new AbortController()
  #until = 0

  constructor(socket: net.Socket, limit: RateLimit) {
    this.#socket = socket
    this.#limit = limit
  }

  /** Whether nothing is read because of the limit. */
  get isResting(): boolean {
    return this.#until > performance.now()
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
    this.#until = Math.max(this.#until, performance.now() + wait)
    if (!isResting) void this.#resumeRested()
  }

  async #resumeRested(): Promise<void> {
    const { signal } = this.#ended
    for (let left = 1; left > 0 && !signal.aborted; left = this.#until - performance.now())
      await sleep(left, undefined, { signal }).catch(() => {})
    this.#socket.resume()
  }

  [Symbol.dispose](): void {
    this.#ended.abort()
  }
}
