/** How often something was done that ended in the same way. */
export interface Tally {
  readonly action: string
  readonly outcome: string
  readonly count: number
  readonly bytes: number
}

/** Sums are passed on at most this often. */
const BATCH_MS = 250

/** Counts what one thread does, for the thread that tells. */
export class Tallies {
  readonly #send: (tallies: readonly Tally[]) => void
  readonly #sums = new Map<string, Tally>()

  /** @param send gets what has been counted since it was last called */
  constructor(send: (tallies: readonly Tally[]) => void) {
    this.#send = send
  }

  count(action: string, outcome: string, size = 0): void {
    if (this.#sums.size === 0) setTimeout(() => this.#pass(), BATCH_MS).unref()
    const key = `${action} ${outcome}`
    const { count = 0, bytes = 0 } = this.#sums.get(key) ?? {}
    this.#sums.set(key, { action, outcome, count: count + 1, bytes: bytes + size })
  }

  #pass(): void {
    this.#send([...this.#sums.values()])
    this.#sums.clear()
  }
}
