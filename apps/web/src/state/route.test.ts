import { expect, it } from 'vitest'
import { formatRoute, parseRoute } from './route.ts'

it.each([
  [[], undefined],
  [['a', 'b c'], undefined],
  [['what?', '100%', '#1', 'a&b', '日本 😀'], 'x?view=y'],
])('leads to %j and back', (path, viewed) => {
  expect(parseRoute(formatRoute(path, viewed))).toEqual({ path, viewed })
})

it.each(['', '#', '#/', '#x', '#/%', '#//', 'javascript:alert(1)'])('%j leads home', (hash) => {
  expect(parseRoute(hash)).toEqual({ path: [], viewed: undefined })
})
