import type { Log } from '../log/log.ts'
import { Repeats } from '../log/repeats.ts'

/** The maximum number of sources that are named in one period; any others are counted in one sum. */
const NAMED = 20

interface Refusal {
  readonly address: string
  readonly event: string
}

/**
 * Logs, in sums, what happens to connections without a login, so that a flood of them does not flood the log.
 */
export class Refusals {
  readonly #repeats: Repeats<Refusal>

  constructor(log: Log) {
    this.#repeats = new Repeats(({ address, event }, times) =>
      log.warn({ address, ...(times > 1 && { times }) }, event),
    )
  }

  note(source: string, event: string): void {
    const isNamed = this.#repeats.has(`${event} ${source}`) || this.#repeats.size < NAMED
    const address = isNamed ? source : 'others'
    this.#repeats.note(`${event} ${address}`, { address, event })
  }
}
