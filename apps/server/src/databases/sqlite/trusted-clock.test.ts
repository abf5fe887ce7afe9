import type { DatabaseSync } from 'node:sqlite'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { TempDir } from '../../../../../test/support/temp-dir.ts'
import { recordNow } from './audit.ts'
import { openDatabase } from './database.ts'
import { isClockBelieved } from './trusted-clock.ts'

const DAY = 86_400_000

let folder: TempDir
let database: DatabaseSync
beforeEach(() => {
  folder = new TempDir()
  database = openDatabase(folder.at('state.db'))
})
afterEach(() => {
  database.close()
  folder[Symbol.dispose]()
})

describe('a clock', () => {
  it('is believed where there is nothing yet that it could contradict, and from day to day', () => {
    expect(isClockBelieved(database, 0, false)).toBe(true)
    for (const day of [1, 2, 5, 8]) expect(isClockBelieved(database, day * DAY, false)).toBe(true)
  })

  it('that has jumped ahead is believed only when the server has run with it for a day', () => {
    isClockBelieved(database, 0, false)
    for (let starts = 0; starts < 5; starts++)
      expect(isClockBelieved(database, 100 * DAY + starts, false)).toBe(false)
    expect(isClockBelieved(database, DAY, false)).toBe(true)
    expect(isClockBelieved(database, 101 * DAY, true)).toBe(true)
    expect(isClockBelieved(database, 102 * DAY, false)).toBe(true)
  })

  it('is compared with the newest event where no server has looked at it yet', () => {
    recordNow(database, { account: 'ada', address: '', action: 'login', outcome: 'ok' })
    expect(isClockBelieved(database, Date.now() + 100 * DAY, false)).toBe(false)
    expect(isClockBelieved(database, Date.now() + DAY, false)).toBe(true)
  })

  it('that has jumped back is believed: nothing looks old to it', () => {
    isClockBelieved(database, 100 * DAY, false)
    expect(isClockBelieved(database, 0, false)).toBe(true)
  })
})
