import { Buckets } from './buckets.ts'

/** Refused requests of one peer that are recorded one by one: per second in the long run, and at once. */
const PER_SECOND = 1
const AT_ONCE = 100

/** The budget that each peer has for requests that are refused: more of them are only counted. */
export class RefusedRequests {
  readonly #buckets = new Buckets(PER_SECOND, AT_ONCE)

  /** Takes one from the budget of a peer. @returns whether there was one */
  take(peer: string): boolean {
    if (this.#buckets.level(peer) > AT_ONCE - 1) return false
    this.#buckets.pour(peer, 1)
    return true
  }
}
