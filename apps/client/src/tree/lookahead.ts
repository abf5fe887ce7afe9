import { Fifo } from '../queue/fifo.ts'

/** How many things have begun before it is their turn: so many directories are listed in a round trip. */
const AHEAD = 96

/** Things that take their time, in the order in which they are added, also while they are gone through: the next ones have begun already. */
export class Ahead<T> {
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
    while (this.#begun.length < AHEAD) {
      const begin = this.#waiting.shift()
      if (begin === undefined) break
      this.#begun.push(begin())
    }
  }
}
