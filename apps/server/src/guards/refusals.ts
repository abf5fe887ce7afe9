import type { Log } from '../log/log.ts'

const EVERY_MS = 10_000
/** Sources named in one period; the rest is counted together. */
const NAMED = 20

/** Logs what happens to connections that nobody has logged in on, in sums: a flood of them must not flood the log. */
export class Refusals {
  readonly #log: Log
  #counts = new Map<string, { readonly fields: object; readonly event: string; count: number }>()
  #timer: NodeJS.Timeout | undefined

  constructor(log: Log) {
    this.#log = log
  }

  /** The first of a kind in a period is logged at once, the others in a sum at its end. */
  note(source: string, event: string): void {
    const known = this.#counts.get(`${event} ${source}`)
    const [key, address] =
      known !== undefined || this.#counts.size < NAMED ? [`${event} ${source}`, source] : [event, 'others']
    const kind = this.#counts.get(key)
    if (kind !== undefined) kind.count++
    else {
      this.#counts.set(key, { fields: { address }, event, count: 0 })
      this.#log.warn({ address }, event)
    }
    this.#timer ??= setTimeout(() => this.#sum(), EVERY_MS).unref()
  }

  #sum(): void {
    this.#timer = undefined
    const counts = this.#counts
    this.#counts = new Map()
    for (const { fields, event, count } of counts.values())
      if (count > 0) this.#log.warn({ ...fields, more: count }, event)
  }
}
