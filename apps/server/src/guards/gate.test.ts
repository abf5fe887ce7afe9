import { beforeEach, describe, expect, it } from 'vitest'
import { createLog } from '../log/log.ts'
import type { Disconnect } from './disconnect.ts'
import { Gate, HEARING, type Place } from './gate.ts'
import { DEFAULT_LIMITS, type Limits } from './limits.ts'

/** A gate in a time of its own. */
let now: number
let dropped: number[]
let lines: string[]
let last: number
/** Of the connections that were not refused, by their numbers. */
let places: Map<number, Place>

beforeEach(() => {
  now = 0
  dropped = []
  lines = []
  last = 0
  places = new Map()
})

function gateWith(limits: Partial<Limits> = {}): Gate {
  const log = createLog('info', (line) => lines.push(line))
  return new Gate(
    { ...DEFAULT_LIMITS, trusted: ['192.0.2.200'], ...limits },
    (connection) => dropped.push(connection),
    log,
    () => now,
  )
}

const A = '192.0.2.1'
const B = '192.0.2.2'
const TRUSTED = '192.0.2.200'

/** @returns whether it is to be served */
function admit(gate: Gate, address: string): boolean {
  const place = gate.admit(++last, address)
  if (place !== undefined) places.set(last, place)
  return place !== undefined && place.refusal === undefined
}

function leave(connection: number, disconnect: Disconnect): void {
  places.get(connection)?.leave(disconnect)
}

/** One connection that ends like that at once. */
function visit(gate: Gate, address: string, disconnect: Disconnect): boolean {
  const isAdmitted = admit(gate, address)
  leave(last, disconnect)
  return isAdmitted
}

/** How many of so many connections are admitted. */
function admitted(gate: Gate, address: string, count: number): number {
  return Array.from({ length: count }, () => admit(gate, address)).filter(Boolean).length
}

describe('penalties', () => {
  it('refuse a source after two failed logins, for five seconds, and nobody else', () => {
    const gate = gateWith()
    expect([visit(gate, A, 'refused'), visit(gate, A, 'refused')]).toEqual([true, true])
    expect(visit(gate, A, 'served')).toBe(false)
    expect(visit(gate, B, 'served')).toBe(true)
    now = 4_900
    expect(visit(gate, A, 'served')).toBe(false)
    now = 5_100
    expect(visit(gate, A, 'served')).toBe(true)
  })

  it('count each wrong password of one connection, at once', () => {
    const gate = gateWith()
    admit(gate, A)
    places.get(last)?.wrongPassword()
    expect(visit(gate, A, 'served')).toBe(true)
    places.get(1)?.wrongPassword()
    expect(visit(gate, A, 'served')).toBe(false)
    leave(1, 'served')
    expect(visit(gate, B, 'served')).toBe(true)
  })

  it('leave one source about sixty guesses in ten minutes, however it spreads them', () => {
    const gate = gateWith()
    let guesses = 0
    for (now = 0; now < 600_000; now += 100) if (visit(gate, A, 'refused')) guesses++
    expect(guesses).toBeLessThanOrEqual(62)
    expect(guesses).toBeGreaterThan(50)
  })

  it('are shared by the addresses of one IPv6 network, and by no other', () => {
    const gate = gateWith()
    visit(gate, '2001:db8:1:2::1', 'violation')
    expect(visit(gate, '2001:db8:1:2:ffff::9', 'served')).toBe(false)
    expect(visit(gate, '2001:db8:1:3::1', 'served')).toBe(true)
  })

  it.each([
    ['violation', 1],
    ['late', 2],
    ['refused', 2],
    ['silent', 15],
  ] as const)('of the kind %s refuse a source after %i', (disconnect, count) => {
    const gate = gateWith()
    for (let i = 0; i < count; i++) expect(visit(gate, A, disconnect)).toBe(true)
    expect(visit(gate, A, 'served')).toBe(false)
  })

  it('never last longer than ten minutes', () => {
    const gate = gateWith()
    for (let i = 0; i < 90; i++) admit(gate, A)
    for (let i = 1; i <= 90; i++) leave(i, 'violation')
    now = 599_000 - 14_000
    expect(visit(gate, A, 'served')).toBe(false)
    now = 600_000
    expect(visit(gate, A, 'served')).toBe(true)
  })

  it('are told, with the time they last', () => {
    const gate = gateWith()
    for (let i = 0; i < 2; i++) visit(gate, A, 'refused')
    now = 1_500
    const place = gate.admit(++last, A)
    expect(place?.refusal).toEqual({
      text: expect.stringMatching(/for 4 s, because too many/),
      seconds: 4,
      except: [],
    })
    now = 5_100
    expect(admit(gate, A)).toBe(true)
  })

  it('exempt for a day the accounts that have logged in from there, as long as few of their passwords are wrong', () => {
    const gate = gateWith()
    const exempt = (): readonly string[] | undefined => {
      const place = gate.admit(++last, A)
      places.set(last, place as Place)
      return place?.refusal?.except
    }
    admit(gate, A)
    places.get(last)?.loggedIn('anna')
    admit(gate, B)
    places.get(last)?.loggedIn('otto')
    for (let i = 0; i < 2; i++) visit(gate, A, 'refused')
    expect(exempt()).toEqual(['anna'])
    leave(last, 'refused')
    expect(exempt()).toEqual(['anna'])
    leave(last, 'refused')
    expect(exempt()).toEqual([])
    now = 6_000
    visit(gate, A, 'refused')
    expect(exempt()).toEqual(['anna'])
    now = 86_400_001
    for (let i = 0; i < 2; i++) visit(gate, A, 'refused')
    expect(exempt()).toEqual([])
  })

  it('never let more connections in than there may be, exempt or not', () => {
    const gate = gateWith({ connectionsOfSource: 3 })
    admit(gate, A)
    places.get(last)?.loggedIn('anna')
    for (let i = 0; i < 2; i++) visit(gate, A, 'refused')
    for (let i = 0; i < 2; i++) gate.admit(++last, A)?.loggedIn('anna')
    expect(gate.admit(++last, A)?.refusal?.text).toMatch(/^too many connections from this address;/)
  })

  it('spare who is trusted', () => {
    const gate = gateWith()
    for (let i = 0; i < 500; i++) expect(visit(gate, TRUSTED, 'violation')).toBe(true)
  })

  it('of a hundred thousand sources take bounded memory, and keep the last ones', () => {
    const gate = gateWith()
    for (let i = 0; i < 100_000; i++) visit(gate, `10.${i >> 16}.${(i >> 8) & 255}.${i & 255}`, 'violation')
    expect(visit(gate, '10.1.134.159', 'served')).toBe(false)
    expect(visit(gate, '10.0.0.0', 'served')).toBe(true)
  })
})

describe('the rate of attempts', () => {
  it('lets a client open many connections at once, and a flood through at its rate only', () => {
    const gate = gateWith({ connectionsOfSource: 10_000, loggingInOfSource: 10_000, loggingIn: 10_000 })
    expect(admitted(gate, A, 2_000)).toBe(100)
    now = 1_000
    expect(admitted(gate, A, 2_000)).toBe(20)
    expect(admitted(gate, B, 50)).toBe(50)
    expect(admitted(gate, TRUSTED, 500)).toBe(500)
  })
})

describe('the limits on connections', () => {
  it('hold in all and for one source, and free a place when one leaves', () => {
    const gate = gateWith({ connections: 5, connectionsOfSource: 3 })
    expect(admitted(gate, A, 4)).toBe(3)
    expect(admitted(gate, B, 4)).toBe(2)
    expect(admitted(gate, TRUSTED, 1)).toBe(0)
    leave(1, 'served')
    expect(admitted(gate, TRUSTED, 2)).toBe(1)
    leave(1, 'served')
    expect(admitted(gate, TRUSTED, 1)).toBe(0)
  })

  it('are told to a few of those who are refused, the others are closed at once', () => {
    const gate = gateWith({ connections: 1, connectionsOfSource: 1 })
    admit(gate, A)
    for (let i = 1; i < HEARING; i++)
      expect(gate.admit(++last, A)?.refusal?.text).toMatch(/^too many connections from this address;/)
    const place = gate.admit(++last, B)
    expect(place?.refusal?.text).toBe('too many connections; try again in a moment')
    expect(gate.admit(++last, B)).toBeUndefined()
    place?.leave('silent')
    place?.leave('silent')
    expect(gate.admit(++last, B)?.refusal?.text).toMatch(/^too many connections;/)
    expect(gate.admit(++last, B)).toBeUndefined()
  })

  it('free the place of a connection that was lost, once, and hold nothing against its source', () => {
    const gate = gateWith({ connectionsOfSource: 2 })
    for (let i = 0; i < 50; i++) {
      expect(visit(gate, A, 'lost')).toBe(true)
      leave(last, 'violation')
    }
    expect(admitted(gate, A, 3)).toBe(2)
    expect(lines.filter((line) => line.includes('too many files are open'))).toHaveLength(1)
  })

  it('on logins: the oldest goes, of the source with the most', () => {
    const gate = gateWith({ loggingIn: 4 })
    admitted(gate, A, 3)
    admitted(gate, B, 1)
    expect(dropped).toEqual([])
    expect(admitted(gate, '192.0.2.3', 1)).toBe(1)
    expect(dropped).toEqual([1])
    expect(admitted(gate, '192.0.2.3', 1)).toBe(1)
    expect(dropped).toEqual([1, 2])
  })

  it('on logins of one source: its own oldest goes', () => {
    const gate = gateWith({ loggingInOfSource: 2 })
    admitted(gate, A, 3)
    expect(dropped).toEqual([1])
    admitted(gate, TRUSTED, 10)
    expect(dropped).toEqual([1])
  })

  it('on logins do not count who has logged in or left', () => {
    const gate = gateWith({ loggingIn: 2 })
    admitted(gate, A, 2)
    places.get(1)?.loggedIn('anna')
    places.get(1)?.loggedIn('anna')
    leave(2, 'silent')
    admitted(gate, A, 2)
    expect(dropped).toEqual([])
  })
})

it('a flood is logged in a few lines', () => {
  const gate = gateWith()
  for (let i = 0; i < 20_000; i++) visit(gate, `10.0.${i % 200}.1`, 'silent')
  expect(lines.length).toBeLessThan(30)
  expect(lines[0]).toContain('"address":"10.0.0.1"')
})
