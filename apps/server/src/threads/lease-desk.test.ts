import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { LeaseDesk } from './lease-desk.ts'
import type { ToThread } from './messages.ts'

const KEY = 'upload'

/** What a handler thread was told, each message in a few words. */
class Thread {
  readonly told: string[] = []

  post(message: ToThread): void {
    if (message.type === 'lease-granted')
      this.told.push(`${message.ticket} ${message.granted ? 'yours' : 'no'}`)
    else if (message.type === 'lease-wanted') this.told.push(`${message.ticket} wanted`)
  }

  /** What it was told since the last time. */
  heard(): string[] {
    return this.told.splice(0)
  }
}

let desk: LeaseDesk
let one: Thread
let two: Thread
beforeEach(() => {
  vi.useFakeTimers()
  desk = new LeaseDesk()
  one = new Thread()
  two = new Thread()
})
afterEach(() => {
  expect(vi.getTimerCount()).toBe(0)
  vi.useRealTimers()
})

describe('the lease desk', () => {
  it('grants what nobody holds at once, each key by itself', () => {
    desk.acquire(one, 1, KEY)
    desk.acquire(two, 1, 'another upload')
    expect(one.heard()).toEqual(['1 yours'])
    expect(two.heard()).toEqual(['1 yours'])
  })

  it('asks the holder to let go, and grants when it has', () => {
    desk.acquire(one, 1, KEY)
    desk.acquire(two, 7, KEY)
    expect(one.heard()).toEqual(['1 yours', '1 wanted'])
    expect(two.heard()).toEqual([])
    desk.release(one, 1)
    expect(two.heard()).toEqual(['7 yours'])
  })

  it('hands over within a thread as it does between threads', () => {
    desk.acquire(one, 1, KEY)
    desk.acquire(one, 2, KEY)
    desk.release(one, 1)
    expect(one.heard()).toEqual(['1 yours', '1 wanted', '2 yours'])
    desk.release(one, 2)
  })

  it('prefers the newest of those who wait: the others are its own broken connections', () => {
    desk.acquire(one, 1, KEY)
    for (const ticket of [2, 3, 4]) desk.acquire(two, ticket, KEY)
    desk.release(one, 1)
    expect(two.heard()).toEqual(['4 yours', '2 no', '3 no'])
    desk.acquire(one, 5, KEY)
    expect(two.heard()).toEqual(['4 wanted'])
    desk.release(two, 4)
    expect(one.heard().at(-1)).toBe('5 yours')
  })

  it('asks a holder once, however many want what it holds', () => {
    desk.acquire(one, 1, KEY)
    for (const ticket of [2, 3]) desk.acquire(two, ticket, KEY)
    expect(one.heard()).toEqual(['1 yours', '1 wanted'])
    desk.release(one, 1)
  })

  it('refuses the newcomer when the holder does not let go in time, and the holder keeps it', () => {
    desk.acquire(one, 1, KEY)
    desk.acquire(two, 2, KEY)
    vi.advanceTimersByTime(9_999)
    expect(two.heard()).toEqual([])
    vi.advanceTimersByTime(1)
    expect(two.heard()).toEqual(['2 no'])
    desk.release(two, 2)
    desk.acquire(two, 3, KEY)
    expect(two.heard()).toEqual([])
    desk.release(one, 1)
    expect(two.heard()).toEqual(['3 yours'])
  })

  it('is patient with each newcomer from its own beginning', () => {
    desk.acquire(one, 1, KEY)
    desk.acquire(two, 2, KEY)
    vi.advanceTimersByTime(6_000)
    desk.acquire(two, 3, KEY)
    vi.advanceTimersByTime(4_000)
    expect(two.heard()).toEqual(['2 no'])
    vi.advanceTimersByTime(6_000)
    expect(two.heard()).toEqual(['3 no'])
  })

  it('frees what a thread held that is gone, and forgets what it waited for', () => {
    desk.acquire(one, 1, KEY)
    desk.acquire(one, 2, 'second')
    desk.acquire(two, 3, KEY)
    desk.acquire(two, 4, 'third')
    desk.acquire(one, 5, 'third')
    one.heard()
    desk.forget(one)
    expect(two.heard()).toEqual(['4 yours', '4 wanted', '3 yours'])
    desk.acquire(two, 6, 'second')
    desk.release(two, 4)
    desk.acquire(two, 7, 'third')
    expect(two.heard()).toEqual(['6 yours', '7 yours'])
    expect(one.heard()).toEqual([])
  })

  it('ignores a release of what is not held: a refused ticket, another thread', () => {
    desk.acquire(one, 1, KEY)
    desk.release(two, 1)
    desk.release(one, 9)
    desk.acquire(two, 1, KEY)
    expect(two.heard()).toEqual([])
    desk.release(two, 1)
    expect(one.heard()).toEqual(['1 yours', '1 wanted'])
  })
})
