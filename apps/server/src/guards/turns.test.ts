import { setImmediate } from 'node:timers/promises'
import { expect, it } from 'vitest'
import { turn } from './turns.ts'

it('one turn is given in each round of the event loop, in order; the first at once', async () => {
  const had: number[] = []
  expect(turn()).toBeUndefined()
  for (let one = 1; one <= 3; one++) void turn()?.then(() => had.push(one))
  const seen: number[][] = []
  for (let round = 0; round < 3; round++) {
    await setImmediate()
    seen.push([...had])
  }
  expect(seen).toEqual([[1], [1, 2], [1, 2, 3]])
  await setImmediate()
  expect(turn()).toBeUndefined()
})
