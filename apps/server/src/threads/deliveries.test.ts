import { afterEach, beforeEach, expect, it, vi } from 'vitest'
import { Deliveries } from './deliveries.ts'
import type { Delivery, ToThread } from './messages.ts'

const DRAIN: ToThread = { type: 'drain' }

let sent: Delivery[]
let undone: string[]
let deliveries: Deliveries

beforeEach(() => {
  vi.useFakeTimers()
  sent = []
  undone = []
  deliveries = new Deliveries({ postMessage: (delivery: Delivery) => sent.push(delivery) })
})
afterEach(() => {
  deliveries[Symbol.dispose]()
  expect(vi.getTimerCount()).toBe(0)
  vi.useRealTimers()
})

/** A message that cannot be sent again. */
function postLoad(name: string): void {
  deliveries.post(DRAIN, { transfer: [], undo: () => undone.push(name) })
}

it('What is confirmed is done with', () => {
  postLoad('a')
  deliveries.post(DRAIN)
  deliveries.confirmed([1, 2])
  vi.advanceTimersByTime(10_000)
  expect(sent).toHaveLength(2)
  expect(undone).toEqual([])
})

it('What is not confirmed while a later message is has been lost: it is undone once, or sent again', () => {
  postLoad('a')
  deliveries.post({ type: 'drop', connection: 7 })
  postLoad('b')
  postLoad('c')
  deliveries.confirmed([3])
  expect(undone).toEqual(['a'])
  expect(sent.at(-1)).toEqual({ number: 5, message: { type: 'drop', connection: 7 } })
  deliveries.confirmed([4, 5])
  expect(undone).toEqual(['a'])
})

it('After a second without a confirmation a probe asks for one', () => {
  postLoad('a')
  vi.advanceTimersByTime(999)
  expect(sent).toHaveLength(1)
  vi.advanceTimersByTime(1)
  expect(sent.at(-1)).toEqual({ number: 2, message: { type: 'probe' } })
  expect(undone).toEqual([])
  deliveries.confirmed([2])
  expect(undone).toEqual(['a'])
})

it('A thread that is busy is asked once, and what it confirms later has arrived', () => {
  postLoad('a')
  vi.advanceTimersByTime(60_000)
  expect(sent).toHaveLength(2)
  deliveries.confirmed([1, 2])
  expect(undone).toEqual([])
})

it('When the thread is gone, what has not arrived is undone and nothing is sent again', () => {
  postLoad('a')
  deliveries.post(DRAIN)
  deliveries[Symbol.dispose]()
  expect(undone).toEqual(['a'])
  expect(sent).toHaveLength(2)
})
