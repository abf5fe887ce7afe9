import { expect, it } from 'vitest'
import { Lookahead } from './lookahead.ts'

it('begins the next ones early, but not all, and gives each in its turn', () => {
  const ahead = new Lookahead<number>()
  let begun = 0
  for (let index = 0; index < 300; index++)
    ahead.add(() => {
      begun++
      return index
    })
  expect(begun).toBe(96)
  const seen: number[] = []
  for (const one of ahead) {
    seen.push(one)
    if (one === 5) ahead.add(() => 300)
    expect(begun - seen.length).toBeLessThanOrEqual(96)
  }
  expect(seen).toEqual(Array.from({ length: 301 }, (_, index) => index))
})
