/**
 * Memory of a thread for one purpose, counted. As with the blocks of a kernel, an owner may hold at most as much as
 * remains for others.
 */
export class FairMemory {
  readonly #byOwner = new Map<string, number>()
  #left: number

  /** @param most bytes in total */
  constructor(most: number) {
    this.#left = most
  }

  /**
   * Takes memory for an owner, until the result is disposed of.
   * @returns undefined if the owner may have no more
   */
  tryTake(owner: string, bytes: number): Disposable | undefined {
    const held = this.#byOwner.get(owner) ?? 0
    if (held + bytes > this.#left - bytes) return undefined
    this.#change(owner, bytes)
    return { [Symbol.dispose]: () => this.#change(owner, -bytes) }
  }

  #change(owner: string, bytes: number): void {
    const held = (this.#byOwner.get(owner) ?? 0) + bytes
    if (held === 0) this.#byOwner.delete(owner)
    else this.#byOwner.set(owner, held)
    this.#left -= bytes
  }
}
