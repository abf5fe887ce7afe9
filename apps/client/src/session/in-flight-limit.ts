/**
 * Bounds how much is in flight: the number of items, and their bytes in total. One item is always allowed.
 */
export class InFlightLimit {
  readonly #most: number
  readonly #mostBytes: number
  #count = 0
  #bytes = 0
  #left: () => void = () => {}

  constructor(most: number, mostBytes: number) {
    this.#most = most
    this.#mostBytes = mostBytes
  }

  /**
   * Waits until there is capacity. A caller that has to wait does so until half of the capacity is free: the
   * items that then fill that half leave in one write, while the other half keeps the peer busy. For one
   * caller at a time.
   * @param bytes the size of all items that enter with this call
   * @param count the number of those items
   * @returns the capacity they take, which is free again when this is disposed of
   */
  async enter(bytes: number, count = 1): Promise<Disposable> {
    if (!this.#fits(bytes, 1)) while (!this.#fits(bytes, 0.5)) await this.#someoneLeft()
    this.#count += count
    this.#bytes += bytes
    return {
      [Symbol.dispose]: () => {
        this.#count -= count
        this.#bytes -= bytes
        this.#left()
      },
    }
  }

  /** Waits until one more item can enter without a wait. For one caller at a time. */
  async available(): Promise<void> {
    while (!this.#fits(0, 1)) await this.#someoneLeft()
  }

  /** Resolves when nothing is in flight. For one caller at a time. */
  async empty(): Promise<void> {
    while (this.#count > 0) await this.#someoneLeft()
  }

  #fits(bytes: number, part: number): boolean {
    if (this.#count === 0) return true
    return this.#count < this.#most * part && this.#bytes + bytes <= this.#mostBytes * part
  }

  async #someoneLeft(): Promise<void> {
    await new Promise<void>((resolve) => {
      this.#left = resolve
    })
  }
}
