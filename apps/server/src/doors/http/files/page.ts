import type { Entry } from '@ftp/protocol'

/**
 * One page of a folder, in the order of names: of all entries that are offered, in any order, it keeps the
 * first ones after a given name. At most two pages of entries are kept at a time, whatever the size of the
 * folder.
 */
export class Page {
  readonly #limit: number
  readonly #after: string | undefined
  #kept: Entry[] = []
  #isSorted = true
  #isMore = false

  constructor(limit: number, after: string | undefined) {
    this.#limit = limit
    this.#after = after
  }

  offer(entry: Entry): void {
    if (this.#after !== undefined && entry.name <= this.#after) return
    this.#kept.push(entry)
    this.#isSorted = false
    if (this.#kept.length >= 2 * this.#limit) this.#cut()
  }

  get entries(): readonly Entry[] {
    this.#cut()
    return this.#kept
  }

  /** The name after which the next page begins; undefined if this is the last page. */
  get next(): string | undefined {
    this.#cut()
    return this.#isMore ? this.#kept.at(-1)?.name : undefined
  }

  #cut(): void {
    if (this.#isSorted) return
    this.#kept.sort((a, b) => (a.name < b.name ? -1 : 1))
    if (this.#kept.length > this.#limit) this.#isMore = true
    this.#kept = this.#kept.slice(0, this.#limit)
    this.#isSorted = true
  }
}
