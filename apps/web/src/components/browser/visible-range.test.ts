import { expect, it } from 'vitest'
import { scrollTopFor, visibleRange } from './visible-range.ts'

const LIST = { top: 0, height: 800, rowHeight: 40, columns: 1 }

it('draws what is visible and a few rows around it, wherever the list is', () => {
  expect(visibleRange(LIST, 100_000)).toEqual({ first: 0, end: 28, offset: 0, total: 4_000_000 })
  expect(visibleRange({ ...LIST, top: 4_000 }, 100_000)).toMatchObject({ first: 92, end: 128, offset: 3_680 })
  expect(visibleRange({ ...LIST, top: 3_999_200 }, 100_000)).toMatchObject({ first: 99_972, end: 100_000 })
})

it('draws whole rows of tiles', () => {
  const grid = { top: 1_000, height: 500, rowHeight: 100, columns: 7 }
  expect(visibleRange(grid, 1_000)).toEqual({ first: 14, end: 161, offset: 200, total: 14_300 })
  expect(visibleRange(grid, 20)).toMatchObject({ end: 20 })
})

it.each([
  [0, undefined],
  [19, undefined],
  [20, 40],
  [100, 3_240],
])('scrolls to entry %i only if it is not visible', (index, top) => {
  expect(scrollTopFor(LIST, index)).toBe(top)
})

it('draws nothing of nothing, also where a longer list was scrolled to', () => {
  expect(visibleRange({ ...LIST, top: 9_000 }, 0)).toMatchObject({ first: 0, end: 0, total: 0 })
})
