/** How long repetitions are counted, in milliseconds. */
const PERIOD_MS = 10_000

/**
 * Passes on the first of several equal things at once, and the number of repetitions at the end of a period,
 * so that a flood of them does not flood the receiver.
 */
export class Repeats<Thing> {
  readonly #pass: (thing: Thing, times: number) => void
  readonly #most: number
  #kinds = new Set<string>()
  #counts = new Map<string, { readonly thing: Thing; times: number }>()
  #timer: NodeJS.Timeout | undefined

  /**
   * @param pass receives each thing, and how often it occurred since it was last passed on
   * @param most the maximum number of kinds that are remembered in a period; things of any other kind are
   * passed on each time
   */
  constructor(pass: (thing: Thing, times: number) => void, most = Number.POSITIVE_INFINITY) {
    this.#pass = pass
    this.#most = most
  }

  /** The number of kinds in this period. */
  get size(): number {
    return this.#kinds.size
  }

  /** Whether a thing of this kind has occurred in this period. */
  has(kind: string): boolean {
    return this.#kinds.has(kind)
  }

  note(kind: string, thing: Thing): void {
    if (this.has(kind)) return this.count(kind, thing)
    this.#remember(kind)
    this.#pass(thing, 1)
  }

  /** Only counts the thing: even the first one is not passed on until the end of the period. */
  count(kind: string, thing: Thing): void {
    const count = this.#counts.get(kind)
    if (count !== undefined) count.times++
    else if (this.#remember(kind)) this.#counts.set(kind, { thing, times: 1 })
    else this.#pass(thing, 1)
  }

  /** Ends the period and passes on the counts. */
  flush(): void {
    clearTimeout(this.#timer)
    this.#timer = undefined
    const counts = this.#counts
    this.#kinds = new Set()
    this.#counts = new Map()
    for (const { thing, times } of counts.values()) this.#pass(thing, times)
  }

  /** @returns whether the kind is remembered */
  #remember(kind: string): boolean {
    if (this.size === this.#most) return this.has(kind)
    this.#kinds.add(kind)
    this.#timer ??= setTimeout(() => this.flush(), PERIOD_MS).unref()
    return true
  }
}
