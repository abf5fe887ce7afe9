import type { Deliveries } from './deliveries.ts'

/** The part of a handler thread that this module uses. */
type Thread = Pick<Deliveries, 'post'>

/** How long a holder may take to release a lease before the newcomer is refused, in milliseconds. */
const PATIENCE_MS = 10_000

interface Claim {
  readonly thread: Thread
  readonly ticket: number
  timer?: NodeJS.Timeout
}

/**
 * Hands out the leases. It runs in the main thread, because the holders are in different threads. The newest
 * claim comes first: a client that reconnects must not wait for its own broken connections.
 */
export class LeaseDesk {
  readonly #claims = new Map<string, Claim[]>()

  acquire(thread: Thread, ticket: number, key: string): void {
    const claim: Claim = { thread, ticket }
    const claims = this.#claims.get(key)
    if (claims === undefined) {
      this.#claims.set(key, [claim])
      thread.post({ type: 'lease-granted', ticket, granted: true })
      return
    }
    claims.push(claim)
    claim.timer = setTimeout(() => this.#give(key, claim, false), PATIENCE_MS)
    const [holder, ...waiting] = claims
    // If others were already waiting, the holder has already been asked.
    if (holder !== undefined && waiting.length === 1)
      holder.thread.post({ type: 'lease-wanted', ticket: holder.ticket })
  }

  release(thread: Thread, ticket: number): void {
    this.#remove((claim) => claim.thread === thread && claim.ticket === ticket)
  }

  /** To be called when a thread has ended: removes everything that it held or waited for. */
  forget(thread: Thread): void {
    this.#remove((claim) => claim.thread === thread)
  }

  #remove(matches: (claim: Claim) => boolean): void {
    for (const [key, claims] of this.#claims) {
      const holder = claims[0]
      const rest = claims.filter((claim) => !matches(claim))
      if (rest.length === claims.length) continue
      for (const claim of claims) if (matches(claim)) clearTimeout(claim.timer)
      if (rest.length === 0) this.#claims.delete(key)
      else if (rest[0] === holder) this.#claims.set(key, rest)
      else this.#passOn(key, rest)
    }
  }

  #passOn(key: string, waiting: Claim[]): void {
    const next = waiting.pop()
    if (next === undefined) return
    this.#claims.set(key, [next, ...waiting])
    this.#give(key, next, true)
    // All other waiting claims are older, and therefore stale: they are refused at once.
    for (const claim of waiting) this.#give(key, claim, false)
  }

  #give(key: string, claim: Claim, granted: boolean): void {
    clearTimeout(claim.timer)
    claim.thread.post({ type: 'lease-granted', ticket: claim.ticket, granted })
    if (granted) return
    const claims = this.#claims.get(key)
    if (claims !== undefined)
      this.#claims.set(
        key,
        claims.filter((other) => other !== claim),
      )
  }
}
