import type { Log } from '../log/log.ts'
import { Repeats } from '../log/repeats.ts'

/** Sources named in one period; the rest is counted together. */
const NAMED = 20

interface Refusal {
  readonly address: string
  readonly event: string
}

/** Logs what happens to connections that nobody has logged in on, in sums: a flood of them must not flood the log. */
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
