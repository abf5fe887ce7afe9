/** The default time over which the speed is averaged, in milliseconds. */
const WINDOW_MS = 3_000
/** For how long bytes must have moved before the time until the first of them no longer counts. */
const START_MS = 300
/** The most samples kept of that time, because ten thousand small files may end within a second. */
const SAMPLES = 100

/** The speed of a transfer over the last seconds. Bytes that existed before it began do not count. */
export class Rate {
  readonly #samples: { readonly at: number; readonly position: number }[] = []
  readonly #windowMs: number
  #isStarting = true

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
    this.#dropStart(at)
    while ((this.#samples[1]?.at ?? at) < at - this.#windowMs) this.#samples.shift()
  }

  /** Forgets all samples. */
  restart(): void {
    this.#samples.length = 0
    this.#isStarting = true
  }

  /** As soon as other bytes show the speed, the time from the request to the first bytes no longer counts. */
  #dropStart(now: number): void {
    const [start, first] = this.#samples
    if (!this.#isStarting || start === undefined || first === undefined) return
    if (first.position === start.position) this.#samples.splice(1, 1)
    else if (now - first.at >= START_MS) {
      this.#isStarting = false
      this.#samples.shift()
    }
  }

  /** Bytes per second; 0 if there are too few samples to tell. */
  get bytesPerSecond(): number {
    const [first, last] = [this.#samples[0], this.#samples.at(-1)]
    if (first === undefined || last === undefined || last.at === first.at) return 0
    return ((last.position - first.position) / (last.at - first.at)) * 1000
  }
}
