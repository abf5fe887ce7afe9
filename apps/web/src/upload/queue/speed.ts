/** The span over which the speed is measured, in milliseconds: short enough to follow the line, and calm to read. */
const SPAN_MS = 6_000

/** Measures how many bytes a second the server acknowledges. */
export class Speed {
  readonly #samples: { readonly at: number; readonly bytes: number }[] = []

  /** Counts bytes that have just been acknowledged. @param now in milliseconds */
  count(bytes: number, now: number): void {
    this.#samples.push({ at: now, bytes })
    this.#forget(now)
  }

  /** Bytes per second; undefined if there was nothing to measure. */
  at(now: number): number | undefined {
    this.#forget(now)
    const [first] = this.#samples
    if (first === undefined || this.#samples.length < 2) return undefined
    // What came with the first sample arrived before the span began.
    const bytes = this.#samples.slice(1).reduce((sum, sample) => sum + sample.bytes, 0)
    return (bytes * 1_000) / Math.max(now - first.at, 1)
  }

  #forget(now: number): void {
    const fresh = this.#samples.findIndex(({ at }) => at >= now - SPAN_MS)
    this.#samples.splice(0, fresh < 0 ? this.#samples.length : fresh)
  }
}
