import { Fifo } from '../queue/fifo.ts'

/** How many items are begun before it is their turn: so many directories are listed in a round trip. */
const MAX_BEGUN = 96

/** Items in the order in which they are added, also while they are iterated over; those that come next have already begun. */
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
