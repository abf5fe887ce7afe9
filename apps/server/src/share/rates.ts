import { createHash } from 'node:crypto'
import { passedAfter } from '@ftp/protocol'
import type { Account } from '../state/accounts.ts'

/** The number of accounts that can have a rate of their own. If there are more, some share one. */
const SLOTS = 16_384
/**
 * Offsets within a slot: a hash of its owner; the rate in bytes per second, 0 for no limit; and the time, in
 * microseconds, at which everything taken so far has passed. The last is the size of a slot.
 */
const [KEY, RATE, PASSED, WIDTH] = [0, 1, 2, 3]
/** The owner of the slot for the server's total rate. */
const TOTAL = ''

/** A slice takes a tenth of a second, within these bounds in bytes. */
const SLICES_PER_SECOND = 10
const [LEAST_SLICE, LARGEST_SLICE] = [1_024, 65_536]

/** Limits how fast the connections of one account, and all connections of the server, may move files. */
export interface RateLimit {
  /** The maximum number of bytes to move at once: other connections wait for them. */
  readonly slice: number
  /**
   * Takes `bytes` from the limit.
   * @returns a function that tells how many milliseconds remain until these bytes may have moved; 0 if none
   * remain
   */
  take(bytes: number): () => number
}

/**
 * The rates of the accounts and of the whole server, in bytes per second, both directions combined. They are
 * in memory that all handler threads share. Therefore, the connections of one account share its rate even if
 * different threads serve them, and a new rate applies to transfers that are already running.
 */
export class Rates {
  readonly #cells: BigInt64Array
  readonly #slots = new Map<string, number>()

  constructor(memory: SharedArrayBuffer) {
    this.#cells = new BigInt64Array(memory)
  }

  /** Allocates the memory that all threads of a server share. */
  static memory(): SharedArrayBuffer {
    return new SharedArrayBuffer((SLOTS + 1) * WIDTH * BigInt64Array.BYTES_PER_ELEMENT)
  }

  /** Sets the total rate of the server in bytes per second; undefined for no limit. */
  setTotal(rate: number | undefined): void {
    this.#set(TOTAL, rate)
  }

  /** Applies the account's rate, and returns the limit for its connections; undefined if there is none. */
  limitOf({ name, rate }: Account): RateLimit | undefined {
    this.#set(name, rate)
    return this.presentLimit(name)
  }

  /** The limit for an account's connections, as it was last applied; undefined if there is none. */
  presentLimit(name: string): RateLimit | undefined {
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
    // Bytes that were taken at the previous rate no longer count.
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

  /** The slot that any thread has claimed for this owner, or else the next free one. */
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

/** The time in milliseconds. All threads have the same zero, unlike with `performance.now()`. */
function now(): number {
  return Number(process.hrtime.bigint()) / 1e6
}
