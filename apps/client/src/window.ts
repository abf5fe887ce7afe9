/** How much may be under way at once: so many things, of so many bytes together. One thing may always be. */
export class Window {
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
   * Resolves when there is room. Who has to wait waits for half of it: what goes into it leaves together, in one
   * write, and the other half keeps the peer busy meanwhile. For one caller at a time.
   * @param count things that enter together, of so many bytes in all
   * @returns undefined where there is room at once
   */
  enter(bytes: number, count = 1): Promise<void> | undefined {
    if (!this.#fits(bytes, 1)) return this.#enterHalf(bytes, count)
    this.#add(bytes, count)
    return undefined
  }

  leave(bytes: number, count = 1): void {
    this.#count -= count
    this.#bytes -= bytes
    this.#left()
  }

  /** Resolves when nothing is under way. For one caller at a time. */
  async empty(): Promise<void> {
    while (this.#count > 0) await this.#someoneLeft()
  }

  async #enterHalf(bytes: number, count: number): Promise<void> {
    while (!this.#fits(bytes, 0.5)) await this.#someoneLeft()
    this.#add(bytes, count)
  }

  #add(bytes: number, count: number): void {
    this.#count += count
    this.#bytes += bytes
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
