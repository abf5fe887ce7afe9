/** The number of times that an action ended with the same outcome. */
export interface Tally {
  readonly action: string
  readonly outcome: string
  readonly count: number
  readonly bytes: number
}

/** The shortest time between two reports, in milliseconds. */
const BATCH_MS = 250

/** Counts the actions of one thread, and reports the counts to the main thread. */
export class Tallies {
  readonly #send: (tallies: readonly Tally[]) => void
  readonly #sums = new Map<string, Tally>()

  /** @param send receives the counts since its previous call */
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
