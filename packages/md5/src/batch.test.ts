import { expect, it } from 'vitest'
import { type Job, nextBatch } from './batch.ts'

/** A job without bytes. */
function job(id: number, more: Partial<Job> = {}): Job {
  return { id, bytes: { at: 0, size: 0 }, ...more }
}

function idsOf(waiting: readonly Job[]): number[] {
  return nextBatch(waiting).map(({ id }) => id)
}

it('takes the jobs that have waited longest, and one of each chain', () => {
  const waiting = [job(1, { chain: 7 }), job(2, { chain: 7 }), job(3), job(4, { chain: 8 })]
  expect(idsOf(waiting)).toEqual([1, 3, 4])
  expect(idsOf(Array.from({ length: 12 }, (_, id) => job(id)))).toEqual([0, 1, 2, 3, 4, 5, 6, 7])
})

it('lets a few jobs overtake the others, which still advance', () => {
  const slow = Array.from({ length: 12 }, (_, id) => job(id))
  const first = Array.from({ length: 6 }, (_, i) => job(100 + i, { isFirst: true }))
  expect(idsOf([...slow, ...first])).toEqual([100, 101, 102, 103, 0, 1, 2, 3])
  expect(idsOf(first)).toEqual([100, 101, 102, 103, 104, 105])
})
