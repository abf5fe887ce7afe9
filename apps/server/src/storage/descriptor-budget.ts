/**
 * A number of descriptors that many requests share, because each request could use them all. Requests are
 * served in the order in which they come, so a large one cannot be passed over forever. Hold descriptors only
 * for work that does not wait for a client.
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
   * Waits for `count` descriptors. Disposing of the result returns them.
   * @throws RangeError if `count` is larger than the capacity
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
