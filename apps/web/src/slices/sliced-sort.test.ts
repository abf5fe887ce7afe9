import { expect, it } from 'vitest'
import { sortInSlices } from './sliced-sort.ts'

const byNumber = (one: readonly [number, number], other: readonly [number, number]): number =>
  one[0] - other[0]

/** Numbers that repeat, each with its position. */
function numbers(count: number): (readonly [number, number])[] {
  return Array.from({ length: count }, (_, index) => [(index * 7_919) % 1_009, index] as const)
}

it.each([0, 1, 2_000, 2_001, 4_001, 10_000])(
  'sorts %i items as sort() does, equal ones in order',
  async (count) => {
    const items = numbers(count)
    expect(await sortInSlices(items, byNumber)).toEqual(items.toSorted(byNumber))
  },
)

it('pauses again and again', async () => {
  let pauses = 0
  const slow = (one: readonly [number, number], other: readonly [number, number]): number => {
    const end = performance.now() + 0.002
    while (performance.now() < end);
    return byNumber(one, other)
  }
  await sortInSlices(numbers(5_000), slow, {
    pause: async () => {
      pauses++
    },
  })
  expect(pauses).toBeGreaterThan(3)
})

it('ends at a pause if its result is no longer wanted', async () => {
  const stop = new AbortController()
  const sorting = sortInSlices(numbers(60_000), byNumber, {
    signal: stop.signal,
    pause: async () => stop.abort(new Error('no longer wanted')),
  })
  await expect(sorting).rejects.toThrow('no longer wanted')
})
