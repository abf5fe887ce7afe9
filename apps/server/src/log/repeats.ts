/** How long equal things are counted, in milliseconds. */
const PERIOD_MS = 10_000

/**
 * Passes on the first of equal things at once, and at the end of a period how many more there were: a flood of them
 * must not flood whoever gets them.
 */
export class Repeats<Thing> {
  readonly #pass: (thing: Thing, times: number) => void
  readonly #most: number
  #counts = new Map<string, { readonly thing: Thing; times: number }>()
  #timer: NodeJS.Timeout | undefined

  /**
   * @param pass gets each thing, and how often it was there since it was last passed on
   * @param most kinds that are remembered in a period; what is of another one is passed on each time
   */
  constructor(pass: (thing: Thing, times: number) => void, most = Number.POSITIVE_INFINITY) {
    this.#pass = pass
    this.#most = most
  }

  /** Kinds in this period. */
  get size(): number {
    return this.#counts.size
  }

  /** Whether one of this kind was there in this period. */
  has(kind: string): boolean {
    return this.#counts.has(kind)
  }

  note(kind: string, thing: Thing): void {
    if (this.has(kind)) return this.count(kind, thing)
    if (this.size < this.#most) this.#add(kind, thing, 0)
    this.#pass(thing, 1)
  }

  /** Only counts it: the first one too is passed on at the end of the period. */
  count(kind: string, thing: Thing): void {
    const count = this.#counts.get(kind)
    if (count === undefined) this.#add(kind, thing, 1)
    else count.times++
  }

  /** Ends the period. */
  flush(): void {
    clearTimeout(this.#timer)
    this.#timer = undefined
    const counts = this.#counts
    this.#counts = new Map()
    for (const { thing, times } of counts.values()) if (times > 0) this.#pass(thing, times)
  }

  #add(kind: string, thing: Thing, times: number): void {
    this.#counts.set(kind, { thing, times })
    this.#timer ??= setTimeout(() => this.flush(), PERIOD_MS).unref()
  }
}
