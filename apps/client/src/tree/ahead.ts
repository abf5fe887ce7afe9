/** How many things have begun before it is their turn. */
const AHEAD = 32

/** Things that take their time, in the order in which they are added, also while they are gone through: the next ones have begun already. */
export class Ahead<T> {
  #waiting: (() => T)[] = []
  #begun: T[] = []
  /** The first that waits. */
  #next = 0

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
      const begin = this.#waiting[this.#next]
      if (begin === undefined) break
      this.#next++
      this.#begun.push(begin())
    }
    // What has begun is not kept; to move the rest each time would take longer and longer.
    if (this.#next * 2 < this.#waiting.length) return
    this.#waiting = this.#waiting.slice(this.#next)
    this.#next = 0
  }
}
