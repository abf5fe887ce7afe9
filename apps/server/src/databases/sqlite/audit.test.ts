import fs from 'node:fs'
import os from 'node:os'
import path from 'node:path'
import type { DatabaseSync } from 'node:sqlite'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { RefusedRequests } from '../../guards/refused-requests.ts'
import { createLog } from '../../log/log.ts'
import type { AuditEvent, AuditQuery, RecordedEvent } from '../../state/audit-event.ts'
import { AuditTrail, findEvents, forgetEvents } from './audit.ts'
import { openDatabase } from './database.ts'

let folder: string
let database: DatabaseSync
let lines: string[]
let trail: AuditTrail

beforeEach(() => {
  folder = fs.mkdtempSync(path.join(os.tmpdir(), 'ftx-'))
  database = openDatabase(path.join(folder, 'state.db'))
  lines = []
  trail = new AuditTrail(
    database,
    createLog('info', (line) => lines.push(line)),
  )
})
afterEach(() => {
  if (database.isOpen) database.close()
  fs.rmSync(folder, { recursive: true })
})

function events(query: AuditQuery = {}): RecordedEvent[] {
  return [...findEvents(database, query)].flat()
}

const PUT: AuditEvent = {
  account: 'ada',
  address: '192.0.2.1',
  action: 'put',
  path: 'a/b',
  size: 5,
  md5: '5d41402abc4b2a76b9719d911017c592',
  outcome: 'ok',
}

describe('an event', () => {
  it('is one line of the log at once, and in the database soon', async () => {
    trail.record(PUT)
    expect(lines).toHaveLength(1)
    expect(JSON.parse(lines[0] ?? '')).toMatchObject({ msg: 'put', account: 'ada', path: 'a/b', size: 5 })
    await expect.poll(() => events()).toMatchObject([{ ...PUT, target: null }])
  })

  it('is found by who, what, where and when', () => {
    const began = Date.now()
    trail.record(PUT)
    trail.record({ ...PUT, account: 'bob', path: 'a' })
    trail.record({ account: 'bob', address: '::1', action: 'move', path: 'x', target: 'a/c', outcome: 'ok' })
    trail.record({ account: '', address: '::1', action: 'login', outcome: 'refused' })
    trail.flush()
    const found = (query: AuditQuery): string[] =>
      events(query).map(({ account, action, path }) => `${account} ${action} ${path}`)
    expect(found({ account: 'bob' })).toEqual(['bob put a', 'bob move x'])
    expect(found({ action: 'login' })).toEqual([' login null'])
    expect(found({ path: 'a' })).toEqual(['ada put a/b', 'bob put a', 'bob move x'])
    expect(found({ path: 'a/c' })).toEqual(['bob move x'])
    expect(found({ path: '%' })).toEqual([])
    expect(found({ limit: 2 })).toEqual(['bob move x', ' login null'])
    expect(found({ since: began })).toHaveLength(4)
    expect(found({ since: Date.now() + 1 })).toEqual([])
    expect(found({ until: began - 1 })).toEqual([])
  })

  it('of which very many come is neither lost nor doubled', () => {
    for (let i = 0; i < 1_000; i++) trail.record({ ...PUT, size: i })
    trail.flush()
    expect(events().map(({ size }) => size)).toEqual(Array.from({ length: 1_000 }, (_, i) => i))
  })

  it('that cannot be written stops nobody, is reported, and written later', () => {
    database.exec('ALTER TABLE audit RENAME TO away')
    for (let i = 0; i < 20_000; i++) trail.record(PUT)
    expect(lines.filter((line) => line.includes('cannot be written'))).toHaveLength(1)
    database.exec('ALTER TABLE away RENAME TO audit')
    trail.flush()
    expect(events()).toHaveLength(10_000)
  })
})

describe('a flood of events', () => {
  const GET: AuditEvent = { ...PUT, action: 'get' }

  it('that are equal and change nothing is counted', () => {
    for (let i = 0; i < 1_000; i++) for (const path of ['a', 'b']) trail.record({ ...GET, path })
    expect(lines).toHaveLength(2)
    trail.flush()
    expect(lines).toHaveLength(4)
    expect(events().map(({ path, times }) => [path, times])).toEqual([
      ['a', 1],
      ['b', 1],
      ['a', 999],
      ['b', 999],
    ])
  })

  it('that change something is there one by one', () => {
    for (let i = 0; i < 5; i++) trail.record(PUT)
    trail.flush()
    expect(events()).toHaveLength(5)
  })

  it('of refused requests is counted beyond the budget of their peer', () => {
    const budget = new RefusedRequests()
    const bounded = new AuditTrail(
      database,
      createLog('info', (line) => lines.push(line)),
      {
        tellsRefusal: (peer) => budget.take(peer),
      },
    )
    for (let i = 0; i < 5_000; i++) bounded.record({ ...GET, path: `missing ${i}`, outcome: 'not_found' })
    bounded.record({ ...GET, account: 'bob', path: 'mine', outcome: 'not_found' })
    bounded.flush()
    const found = events()
    expect(found.length).toBeLessThan(110)
    expect(lines).toHaveLength(found.length)
    expect(found.reduce((sum, { times }) => sum + times, 0)).toBe(5_001)
    expect(found.filter(({ account }) => account === 'bob')).toMatchObject([{ path: 'mine', times: 1 }])
    expect(found.at(-1)).toMatchObject({ account: 'ada', outcome: 'not_found', path: null })
  })

  it('never makes the trail longer than it may be', () => {
    const short = new AuditTrail(
      database,
      createLog('silent', () => {}),
      { most: 300 },
    )
    for (let i = 0; i < 2_000; i++) {
      short.record({ ...PUT, size: i })
      if (i % 100 === 0) expect(events().length).toBeLessThanOrEqual(300)
    }
    short.flush()
    expect(events().map(({ size }) => size)).toEqual(Array.from({ length: 300 }, (_, i) => 1_700 + i))
  })
})

describe('the trail', () => {
  it('forgets what is too old, and the oldest of too many', async () => {
    for (let i = 0; i < 100; i++) trail.record({ ...PUT, size: i })
    trail.flush()
    await forgetEvents(database, 0, 30)
    expect(events().map(({ size }) => size)).toEqual(Array.from({ length: 30 }, (_, i) => 70 + i))
    await forgetEvents(database, Date.now() + 1_000, 30)
    expect(events()).toEqual([])
  })
})

it('as many events as may wait are written once nobody else writes, even if none follows', async () => {
  using other = openDatabase(path.join(folder, 'state.db'))
  database.exec('PRAGMA busy_timeout = 0')
  other.exec('BEGIN IMMEDIATE')
  for (let i = 0; i < 10_000; i++)
    trail.record({ account: 'anna', address: '::1', action: 'put', path: `f${i}`, outcome: 'ok' })
  await expect.poll(() => lines.some((line) => line.includes('cannot be written'))).toBe(true)
  other.exec('ROLLBACK')
  await expect.poll(() => database.prepare('SELECT count(*) AS n FROM audit').get()?.['n']).toBe(10_000)
})
