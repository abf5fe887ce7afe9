/** First in, first out; takes the same time however long it is. */
export class Fifo<T> {
  #items: T[] = []
  /** Where the first one stands. */
  #start = 0

  get length(): number {
    return this.#items.length - this.#start
  }

  /** The one that comes next. */
  get first(): T | undefined {
    return this.#items[this.#start]
  }

  push(item: T): void {
    this.#items.push(item)
  }

  shift(): T | undefined {
    if (this.#start === this.#items.length) return undefined
    const item = this.#items[this.#start++]
    // To move the rest each time would take longer and longer.
    if (this.#start * 2 > this.#items.length) {
      this.#items = this.#items.slice(this.#start)
      this.#start = 0
    }
    return item
  }

  /** @returns how many there were */
  clear(): number {
    const { length } = this
    this.#items = []
    this.#start = 0
    return length
  }
}
