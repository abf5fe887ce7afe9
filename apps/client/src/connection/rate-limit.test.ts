import { expect, it } from 'vitest'
import { RateLimit } from './rate-limit.ts'

it.each([
  [10_240, 1_024],
  [160_000, 10_000],
  [1_000_000_000, 65_536],
])('at %i bytes a second, %i bytes move at once', (rate, slice) => {
  expect(new RateLimit(rate).slice).toBe(slice)
})
