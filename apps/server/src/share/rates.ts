import { createHash } from 'node:crypto'
import { passedAfter } from '@ftp/protocol'
import type { Account } from '../state/accounts.ts'

/** Room for so many accounts; of more, some share a rate. */
const SLOTS = 16_384
/** What a slot holds: whose it is, bytes a second (0: no limit), and when all that was taken has passed. */
const [KEY, RATE, PASSED, WIDTH] = [0, 1, 2, 3]
/** The slot of the server in all. */
const TOTAL = ''

/** At once moves what takes a tenth of a second, and no less or more bytes than these. */
const SLICES_PER_SECOND = 10
const [LEAST_SLICE, LARGEST_SLICE] = [1_024, 65_536]

/** How fast one account's connections, and all of the server's, may move files. */
export interface RateLimit {
  /** The most bytes that should move at once: whoever comes next waits for them. */
  readonly slice: number
  /** Takes `bytes`. @returns tells how many milliseconds are left until they may have moved; 0 for none */
  take(bytes: number): () => number
}

/**
 * The rates of accounts and of the server in all, in bytes a second, both directions together. They lie in memory that
 * all handler threads share: the connections of one account share its rate wherever they are served, and a rate that
 * is changed holds for what is under way.
 */
export class Rates {
  readonly #cells: BigInt64Array
  readonly #slots = new Map<string, number>()

  constructor(memory: SharedArrayBuffer) {
    this.#cells = new BigInt64Array(memory)
  }

  /** What all threads of a server share. */
  static memory(): SharedArrayBuffer {
    return new SharedArrayBuffer((SLOTS + 1) * WIDTH * BigInt64Array.BYTES_PER_ELEMENT)
  }

  /** Sets the rate of the server in all; undefined for no limit. */
  setTotal(rate: number | undefined): void {
    this.#set(TOTAL, rate)
  }

  /** What holds for an account's connections; undefined where nothing does. */
  limitOf({ name, rate }: Account): RateLimit | undefined {
    this.#set(name, rate)
    const limits = [TOTAL, name].map((whose) => this.#slotOf(whose)).filter((slot) => this.#rate(slot) > 0)
    if (limits.length === 0) return undefined
    const least = Math.min(...limits.map((slot) => this.#rate(slot)))
    return {
      slice: Math.max(LEAST_SLICE, Math.min(LARGEST_SLICE, Math.floor(least / SLICES_PER_SECOND))),
      take: (bytes) => {
        const waits = limits.map((slot) => this.#take(slot, bytes))
        return () => Math.max(...waits.map((left) => left()))
      },
    }
  }

  #set(whose: string, rate = 0): void {
    const slot = this.#slotOf(whose)
    if (Atomics.exchange(this.#cells, slot + RATE, BigInt(rate)) === BigInt(rate)) return
    // What was taken at another rate is forgotten.
    Atomics.store(this.#cells, slot + PASSED, 0n)
  }

  #rate(slot: number): number {
    return Number(Atomics.load(this.#cells, slot + RATE))
  }

  #take(slot: number, bytes: number): () => number {
    const rate = this.#rate(slot)
    if (rate === 0) return () => 0
    for (;;) {
      const before = Atomics.load(this.#cells, slot + PASSED)
      const passed = Math.round(passedAfter(Number(before) / 1_000, bytes, rate, now()) * 1_000)
      if (Atomics.compareExchange(this.#cells, slot + PASSED, before, BigInt(passed)) !== before) continue
      return () => (this.#rate(slot) === rate ? Math.max(0, passed / 1_000 - now()) : 0)
    }
  }

  #slotOf(whose: string): number {
    const known = this.#slots.get(whose)
    if (known !== undefined) return known
    const slot = this.#claim(whose)
    this.#slots.set(whose, slot)
    return slot
  }

  /** The slot that any thread has claimed for it, or the next free one. */
  #claim(whose: string): number {
    if (whose === TOTAL) return SLOTS * WIDTH
    const key = createHash('sha256').update(whose).digest().readBigInt64LE() | 1n
    const first = Number(BigInt.asUintN(32, key >> 1n)) % SLOTS
    for (let step = 0; step < SLOTS; step++) {
      const slot = ((first + step) % SLOTS) * WIDTH
      const owner = Atomics.compareExchange(this.#cells, slot + KEY, 0n, key)
      if (owner === 0n || owner === key) return slot
    }
    return first * WIDTH
  }
}

/** In milliseconds, the same in all threads, as `performance.now()` is not. */
function now(): number {
  return Number(process.hrtime.bigint()) / 1e6
}
