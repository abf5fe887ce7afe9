import { setImmediate } from 'node:timers/promises'
import { expect, it } from 'vitest'
import { turn } from './turns.ts'

it('one turn is given in each round of the event loop, in order; the first at once', async () => {
  const had: number[] = []
  expect(turn('ada')).toBeUndefined()
  for (let one = 1; one <= 3; one++) void turn('ada')?.then(() => had.push(one))
  const seen: number[][] = []
  for (let round = 0; round < 3; round++) {
    await setImmediate()
    seen.push([...had])
  }
  expect(seen).toEqual([[1], [1, 2], [1, 2, 3]])
  await setImmediate()
  expect(turn('ada')).toBeUndefined()
})

it('owners have their turns one after the other, however many each of them waits for', async () => {
  await setImmediate()
  expect(turn('ada')).toBeUndefined()
  const had: string[] = []
  const waits = [...Array<string>(4).fill('ada'), ...Array<string>(2).fill('ben'), 'cleo'].map((owner) =>
    turn(owner)?.then(() => had.push(owner)),
  )
  await Promise.all(waits)
  expect(had).toEqual(['ada', 'ben', 'cleo', 'ada', 'ben', 'ada', 'ada'])
})
