/**
 * The size of a page in bytes: below the limit of a header, to leave room for the fields around the items.
 */
const PAGE_BYTES = 60_000
/** The maximum number of bytes that an item takes besides its text. */
const ITEM_BYTES = 200
/** The maximum number of bytes that one character takes in JSON and UTF-8. */
const CHARACTER_BYTES = 6

/** One page of a long answer: as many items as fit into one header. */
export class Page<T> {
  readonly #items: T[] = []
  #room = PAGE_BYTES

  get items(): readonly T[] {
    return this.#items
  }

  /**
   * Adds an item if there is room. An empty page has room for any item.
   * @param text the name or path in the item
   * @returns whether the item was added
   */
  add(item: T, text: string): boolean {
    const takes = ITEM_BYTES + text.length * CHARACTER_BYTES
    if (takes > this.#room) return false
    this.#room -= takes
    this.#items.push(item)
    return true
  }
}
