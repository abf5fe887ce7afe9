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

  /** Resolves when there is room. For one caller at a time. */
  async enter(bytes: number): Promise<void> {
    while (this.#count > 0 && (this.#count >= this.#most || this.#bytes + bytes > this.#mostBytes))
      await this.#someoneLeft()
    this.#count++
    this.#bytes += bytes
  }

  leave(bytes: number): void {
    this.#count--
    this.#bytes -= bytes
    this.#left()
  }

  /** Resolves when nothing is under way. For one caller at a time. */
  async empty(): Promise<void> {
    while (this.#count > 0) await this.#someoneLeft()
  }

  async #someoneLeft(): Promise<void> {
    await new Promise<void>((resolve) => {
      this.#left = resolve
    })
  }
}
