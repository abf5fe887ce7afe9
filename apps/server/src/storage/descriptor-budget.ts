/**
 * Descriptors that many requests share, because each of them could use all. Whoever comes first is served first, so
 * one that needs many is not passed over for ever. They are only for work that does not wait for a client.
 */
export class DescriptorBudget {
  readonly capacity: number
  readonly #waiting: { readonly count: number; readonly given: () => void }[] = []
  #free: number

  constructor(capacity: number) {
    this.capacity = capacity
    this.#free = capacity
  }

  /**
   * Waits for so many. Disposing of what it returns gives them back.
   * @throws RangeError for more than there are in all
   */
  async take(count: number): Promise<Disposable> {
    if (count > this.capacity) throw new RangeError(`${count} descriptors of ${this.capacity}`)
    await new Promise<void>((given) => {
      this.#waiting.push({ count, given })
      this.#serve()
    })
    using held = new DisposableStack()
    held.defer(() => {
      this.#free += count
      this.#serve()
    })
    return held.move()
  }

  #serve(): void {
    for (
      let next = this.#waiting[0];
      next !== undefined && next.count <= this.#free;
      next = this.#waiting[0]
    ) {
      this.#free -= next.count
      this.#waiting.shift()
      next.given()
    }
  }
}
