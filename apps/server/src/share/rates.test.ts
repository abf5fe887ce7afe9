import { HOME } from '@ftp/protocol'
import { afterEach, beforeEach, expect, it, vi } from 'vitest'
import type { Account } from '../state/accounts.ts'
import { Rates } from './rates.ts'

/** Two threads of one server. */
let one: Rates
let other: Rates
beforeEach(() => {
  // The clock stands still: what has to pass takes exactly as long as it takes.
  vi.useFakeTimers({ toFake: ['hrtime'] })
  vi.advanceTimersByTime(1_000)
  const memory = Rates.memory()
  one = new Rates(memory)
  other = new Rates(memory)
})
afterEach(() => {
  vi.useRealTimers()
})

function account(name: string, rate?: number): Account {
  const quota = { bytes: undefined, files: undefined }
  return { name, home: HOME, permissions: [], quota, rate }
}

it('are shared by the connections of one account, whatever thread they are in, and by nobody else', () => {
  const anna = account('anna', 100_000)
  one.limitOf(anna)?.take(100_000)
  expect(other.limitOf(anna)?.take(100_000)()).toBeCloseTo(1_950)
  expect(one.limitOf(account('otto', 100_000))?.take(100)()).toBe(0)
  expect(one.limitOf(account('nobody'))).toBeUndefined()
})

it('in total hold for every account, beside its own', () => {
  one.setTotal(1_000_000)
  one.limitOf(account('anna'))?.take(1_000_000)
  const left = other.limitOf(account('otto', 100_000))?.take(10_000)
  expect(left?.()).toBeCloseTo(960)
  expect(other.limitOf(account('otto', 10_000))?.take(100_000)()).toBeCloseTo(9_950)
})

it('that are changed end what was waited for at the old one', () => {
  const left = one.limitOf(account('anna', 10_000))?.take(1_000_000)
  expect(left?.()).toBeCloseTo(99_950)
  const now = other.limitOf(account('anna', 1_000_000))?.take(100_000)
  expect(left?.()).toBe(0)
  expect(now?.()).toBeCloseTo(50)
  expect(one.limitOf(account('anna'))).toBeUndefined()
  expect(now?.()).toBe(0)
})

it('let no more pass at once than takes a tenth of a second', () => {
  expect(one.limitOf(account('anna', 100_000))?.slice).toBe(10_000)
  expect(one.limitOf(account('otto', 1e9))?.slice).toBe(65_536)
  one.setTotal(20_000)
  expect(one.limitOf(account('otto', 1e9))?.slice).toBe(2_000)
})
