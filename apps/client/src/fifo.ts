/** First in, first out; takes the same time however long it is. */
export class Fifo<T> {
  #items: T[] = []
  /** Where the first one stands. */
  #first = 0

  get length(): number {
    return this.#items.length - this.#first
  }

  push(item: T): void {
    this.#items.push(item)
  }

  shift(): T | undefined {
    if (this.#first === this.#items.length) return undefined
    const item = this.#items[this.#first++]
    // To move the rest each time would take longer and longer.
    if (this.#first * 2 > this.#items.length) {
      this.#items = this.#items.slice(this.#first)
      this.#first = 0
    }
    return item
  }

  /** @returns how many there were */
  clear(): number {
    const { length } = this
    this.#items = []
    this.#first = 0
    return length
  }
}
