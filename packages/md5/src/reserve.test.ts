import { afterEach, beforeEach, expect, it } from 'vitest'
import { type Reservation, Reservations } from './reserve.ts'

const ALL = 64

const NEVER = new AbortController().signal
let reservations: Reservations
const held: Reservation[] = []
beforeEach(() => {
  reservations = new Reservations(ALL)
})
afterEach(() => {
  for (const one of held.splice(0)) one[Symbol.dispose]()
})

async function hold(least: number, most: number): Promise<number> {
  const one = await reservations.reserve(least, most, NEVER)
  held.push(one)
  return one.blocks
}

it('there is the most for the first, the least for the others, and never more than there is', async () => {
  const [half, quarter] = [ALL / 2, ALL / 4]
  expect(await hold(1, half)).toBe(half)
  expect(await hold(quarter, half)).toBe(quarter)
  expect(await hold(quarter, half)).toBe(quarter)
  let isServed = false
  const waiting = hold(1, 1).then(() => {
    isServed = true
  })
  await Promise.resolve()
  expect(isServed).toBe(false)
  held.shift()?.[Symbol.dispose]()
  await waiting
})

it('who waits is served in order, and whoever gives up lets the next one through', async () => {
  const all = await reservations.reserve(ALL, ALL, NEVER)
  const served: string[] = []
  const gone = new AbortController()
  const large = reservations.reserve(ALL, ALL, gone.signal)
  const small = ['first', 'second'].map((name) => hold(1, 1).then(() => served.push(name)))
  gone.abort(new Error('gone'))
  await expect(large).rejects.toThrow('gone')
  expect(served).toEqual([])
  all[Symbol.dispose]()
  all[Symbol.dispose]()
  await Promise.all(small)
  expect(served).toEqual(['first', 'second'])
})

it('who has given up before gets nothing', async () => {
  await expect(reservations.reserve(1, 1, AbortSignal.abort(new Error('gone')))).rejects.toThrow('gone')
})
