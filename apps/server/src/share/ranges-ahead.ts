/** Bytes of a file, from the one at `start` to before `end`. */
export interface ByteRange {
  readonly start: number
  readonly end: number
}

/** The number of separate ranges that are remembered. */
const MOST = 64

/** The ranges of a file that have been written before the bytes in front of them. */
export class RangesAhead {
  #ranges: readonly ByteRange[] = []

  /** Joins a range to those that it touches. If there are too many ranges, none is remembered. */
  add({ start, end }: ByteRange): void {
    const touching = this.#ranges.filter((range) => range.start <= end && start <= range.end)
    const joined = {
      start: Math.min(start, ...touching.map((range) => range.start)),
      end: Math.max(end, ...touching.map((range) => range.end)),
    }
    const others = this.#ranges.filter((range) => !touching.includes(range))
    this.#ranges = others.length < MOST ? [...others, joined] : []
  }

  /** Takes the range that has a byte at `offset`, and forgets those that end before it. */
  take(offset: number): ByteRange | undefined {
    const rest = this.#ranges.filter(({ end }) => end > offset)
    const taken = rest.find(({ start }) => start <= offset)
    this.#ranges = rest.filter((range) => range !== taken)
    return taken
  }

  /** Forgets everything from `size` on. */
  cut(size: number): void {
    this.#ranges = this.#ranges
      .filter(({ start }) => start < size)
      .map(({ start, end }) => ({ start, end: Math.min(end, size) }))
  }
}
