/** Room for a page in one header: less than the limit, for the frame around it. */
const PAGE_BYTES = 60_000
/** What an item takes besides the text in it, at most. */
const ITEM_BYTES = 200
/** What one character takes in JSON and UTF-8, at most. */
const CHARACTER_BYTES = 6

/** As many items of a long answer as one header has room for. */
export class Page<T> {
  readonly #items: T[] = []
  #room = PAGE_BYTES

  get items(): readonly T[] {
    return this.#items
  }

  /**
   * An empty page has room for any item.
   * @param text the name or path in the item
   * @returns whether there was room for it
   */
  add(item: T, text: string): boolean {
    const takes = ITEM_BYTES + text.length * CHARACTER_BYTES
    if (takes > this.#room) return false
    this.#room -= takes
    this.#items.push(item)
    return true
  }
}
