/** Blocks that somebody may take, until it is disposed of. */
export interface Reservation extends Disposable {
  readonly blocks: number
}

interface Waiting {
  readonly least: number
  readonly most: number
  readonly grant: (reservation: Reservation) => void
}

/** Shares a number of blocks among transfers: each reserves its part before it begins. */
export class Reservations {
  readonly #all: number
  #reserved = 0
  #waiting: readonly Waiting[] = []

  /** @param all how many blocks there are */
  constructor(all: number) {
    this.#all = all
  }

  /**
   * Reserves some of the blocks: `most` while half of them would be left, else `least`. If there are not so many,
   * it waits for those before it, so memory stays bounded however many transfers there are.
   * @param signal its abort ends the wait
   * @throws the signal's reason
   */
  async reserve(least: number, most: number, signal: AbortSignal): Promise<Reservation> {
    signal.throwIfAborted()
    const { promise, resolve, reject } = Promise.withResolvers<Reservation>()
    const one = { least, most, grant: resolve }
    const stop = (): void => {
      this.#waiting = this.#waiting.filter((other) => other !== one)
      reject(signal.reason)
      // Whoever came behind may need less.
      this.#grantNext()
    }
    signal.addEventListener('abort', stop, { once: true })
    this.#waiting = [...this.#waiting, one]
    this.#grantNext()
    try {
      return await promise
    } finally {
      signal.removeEventListener('abort', stop)
    }
  }

  #grantNext(): void {
    for (;;) {
      const [next, ...others] = this.#waiting
      if (next === undefined) return
      const blocks = this.#reserved + next.most <= this.#all / 2 ? next.most : Math.min(next.least, this.#all)
      if (this.#reserved + blocks > this.#all) return
      this.#waiting = others
      next.grant(this.#reservation(blocks))
    }
  }

  #reservation(blocks: number): Reservation {
    this.#reserved += blocks
    let isHeld = true
    return {
      blocks,
      [Symbol.dispose]: () => {
        if (!isHeld) return
        isHeld = false
        this.#reserved -= blocks
        this.#grantNext()
      },
    }
  }
}
