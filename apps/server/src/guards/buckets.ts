/**
 * A leaky bucket for each key: what is poured in leaks out at a steady rate. At most `keys` buckets are kept,
 * those most recently used, so that a flood of new addresses cannot fill the memory. Time is monotonic, in
 * milliseconds.
 */
export class Buckets {
  readonly #leakPerSecond: number
  readonly #most: number
  readonly #keys: number
  readonly #now: () => number
  /** Ordered by their most recent use. */
  readonly #buckets = new Map<string, { level: number; at: number }>()

  constructor(
    leakPerSecond: number,
    most: number,
    keys = 65_536,
    now: () => number = () => performance.now(),
  ) {
    this.#leakPerSecond = leakPerSecond
    this.#most = most
    this.#keys = keys
    this.#now = now
  }

  /** The present level of the bucket of `key`. */
  level(key: string): number {
    const bucket = this.#buckets.get(key)
    if (bucket === undefined) return 0
    return Math.max(0, bucket.level - ((this.#now() - bucket.at) / 1_000) * this.#leakPerSecond)
  }

  /** Adds to a bucket, at most until it is full. */
  pour(key: string, amount: number): void {
    const level = Math.min(this.#most, this.level(key) + amount)
    this.#buckets.delete(key)
    this.#buckets.set(key, { level, at: this.#now() })
    if (this.#buckets.size <= this.#keys) return
    const [oldest] = this.#buckets.keys()
    if (oldest !== undefined) this.#buckets.delete(oldest)
  }

  get size(): number {
    return this.#buckets.size
  }
}
