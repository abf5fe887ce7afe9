import { Fifo } from '../queue/fifo.ts'

/** How many items are begun before their turn; this is how many directories are listed in one round trip. */
const MAX_BEGUN = 96

/**
 * Yields items in the order in which they were added, even while more are added. The next ones have already
 * begun.
 */
export class Lookahead<T> {
  readonly #waiting = new Fifo<() => T>()
  readonly #begun = new Fifo<T>()

  add(begin: () => T): void {
    this.#waiting.push(begin)
    this.#begin()
  }

  *[Symbol.iterator](): Generator<T> {
    for (let first = this.#begun.shift(); first !== undefined; first = this.#begun.shift()) {
      this.#begin()
      yield first
    }
  }

  #begin(): void {
    while (this.#begun.length < MAX_BEGUN) {
      const begin = this.#waiting.shift()
      if (begin === undefined) break
      this.#begun.push(begin())
    }
  }
}
