/** Over how many milliseconds the speed is averaged by default. */
const WINDOW_MS = 3_000
/** Of so many samples in that time, no more are kept: ten thousand small files end in a second. */
const SAMPLES = 100

/** The speed of something that moves, over the last seconds. Bytes that were there before it began do not count. */
export class Rate {
  readonly #samples: { readonly at: number; readonly position: number }[] = []
  readonly #windowMs: number

  constructor(windowMs = WINDOW_MS) {
    this.#windowMs = windowMs
  }

  /** Takes a position, in bytes, at a time, in milliseconds of a clock that never goes back. */
  sample(position: number, at: number): void {
    const last = this.#samples.at(-1)
    if (last !== undefined && position < last.position) this.#samples.length = 0
    const previous = this.#samples.at(-2)
    if (previous !== undefined && at - previous.at < this.#windowMs / SAMPLES) this.#samples.pop()
    this.#samples.push({ at, position })
    while ((this.#samples[1]?.at ?? at) < at - this.#windowMs) this.#samples.shift()
  }

  /** Forgets what it has seen. */
  restart(): void {
    this.#samples.length = 0
  }

  /** Bytes a second; 0 while nothing can be said. */
  get bytesPerSecond(): number {
    const [first, last] = [this.#samples[0], this.#samples.at(-1)]
    if (first === undefined || last === undefined || last.at === first.at) return 0
    return ((last.position - first.position) / (last.at - first.at)) * 1000
  }
}
