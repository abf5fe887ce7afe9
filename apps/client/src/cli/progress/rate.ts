/** The default time over which the speed is averaged, in milliseconds. */
const WINDOW_MS = 3_000
/** The most samples kept of that time, because ten thousand small files may end within a second. */
const SAMPLES = 100

/** The speed of a transfer over the last seconds. Bytes that existed before it began do not count. */
export class Rate {
  readonly #samples: { readonly at: number; readonly position: number }[] = []
  readonly #windowMs: number

  constructor(windowMs = WINDOW_MS) {
    this.#windowMs = windowMs
  }

  /**
   * Records a position.
   * @param position in bytes
   * @param at in milliseconds of a clock that never goes back
   */
  sample(position: number, at: number): void {
    const last = this.#samples.at(-1)
    if (last !== undefined && position < last.position) this.#samples.length = 0
    const previous = this.#samples.at(-2)
    if (previous !== undefined && at - previous.at < this.#windowMs / SAMPLES) this.#samples.pop()
    this.#samples.push({ at, position })
    while ((this.#samples[1]?.at ?? at) < at - this.#windowMs) this.#samples.shift()
  }

  /** Forgets all samples. */
  restart(): void {
    this.#samples.length = 0
  }

  /** Bytes per second; 0 if there are too few samples to tell. */
  get bytesPerSecond(): number {
    const [first, last] = [this.#samples[0], this.#samples.at(-1)]
    if (first === undefined || last === undefined || last.at === first.at) return 0
    return ((last.position - first.position) / (last.at - first.at)) * 1000
  }
}
