/** A first-in, first-out queue whose operations take the same time however long it is. */
export class Fifo<T> {
  #items: T[] = []
  /** The index of the first item. */
  #start = 0

  get length(): number {
    return this.#items.length - this.#start
  }

  /** The item that `shift` returns next. */
  get first(): T | undefined {
    return this.#items[this.#start]
  }

  push(item: T): void {
    this.#items.push(item)
  }

  shift(): T | undefined {
    if (this.#start === this.#items.length) return undefined
    const item = this.#items[this.#start++]
    // Moving the rest on every call would take longer the longer the queue is.
    if (this.#start * 2 > this.#items.length) {
      this.#items = this.#items.slice(this.#start)
      this.#start = 0
    }
    return item
  }

  /** @returns how many items there were */
  clear(): number {
    const { length } = this
    this.#items = []
    this.#start = 0
    return length
  }
}
