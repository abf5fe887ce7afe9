import type { ChainValue } from './chain.ts'
import { MAX_LANES } from './work-area.ts'

/** One piece to absorb. */
export interface Job {
  readonly id: number
  /** The chaining value at the start of the piece. Default: the present value of the chain. */
  readonly start?: ChainValue | undefined
  /** The number of the chain that it continues. */
  readonly chain?: number | undefined
  /** Its place in the memory, or the bytes themselves. */
  readonly bytes: Uint8Array | { readonly at: number; readonly size: number }
  /** As in Piece. */
  readonly length?: number | undefined
  /** Whether it overtakes jobs that wait. It must not continue a chain. */
  readonly isFirst?: boolean | undefined
}

/** The lanes that jobs may take by overtaking others, so that these still advance. */
const OVERTAKING = MAX_LANES / 2

/**
 * The jobs that have waited longest, after a few that overtake them; but only the first of each chain, because
 * the next one starts with its result.
 */
export function nextBatch(waiting: readonly Job[]): Job[] {
  const taken = new Set<number>()
  const batch = waiting.filter(({ isFirst }) => isFirst).slice(0, OVERTAKING)
  for (const job of waiting) {
    if (batch.length === MAX_LANES) break
    if (batch.includes(job)) continue
    if (job.chain !== undefined && taken.has(job.chain)) continue
    if (job.chain !== undefined) taken.add(job.chain)
    batch.push(job)
  }
  return batch
}
