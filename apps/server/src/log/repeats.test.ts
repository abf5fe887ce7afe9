import { expect, it } from 'vitest'
import { Repeats } from './repeats.ts'

it('remembers no more kinds than it may, and passes things of other kinds on', () => {
  const passed: [string, number][] = []
  const repeats = new Repeats<string>((thing, times) => passed.push([thing, times]), 1)
  repeats.count('a', 'a')
  repeats.count('b', 'b')
  repeats.count('a', 'a')
  expect(repeats.size).toBe(1)
  expect(passed).toEqual([['b', 1]])
  repeats.flush()
  expect(passed).toEqual([
    ['b', 1],
    ['a', 2],
  ])
})
