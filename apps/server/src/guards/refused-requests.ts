import { Buckets } from './buckets.ts'

/**
 * The refused requests of one peer that are recorded individually: per second in the long run, and at once.
 */
const PER_SECOND = 1
const AT_ONCE = 100

/** Each peer's budget of individually recorded refusals. Any beyond the budget are only counted. */
export class RefusedRequests {
  readonly #buckets = new Buckets(PER_SECOND, AT_ONCE)

  /** Takes one refusal from a peer's budget. @returns whether the budget had one left */
  take(peer: string): boolean {
    if (this.#buckets.level(peer) > AT_ONCE - 1) return false
    this.#buckets.pour(peer, 1)
    return true
  }
}
