import { Socket } from 'node:net'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { Deadlines } from './deadlines.ts'

const TIMEOUTS = { login: 20_000, idle: 600_000, stall: 60_000, rate: 1_024 }

let socket: Socket
let deadlines: Deadlines
let over: string[]
/** What the connection says of itself. */
let state: { owes: boolean; rests: boolean }

beforeEach(() => {
  vi.useFakeTimers()
  socket = new Socket()
  over = []
  state = { owes: false, rests: false }
  const activity = { owes: () => state.owes, rests: () => state.rests }
  deadlines = new Deadlines(socket, TIMEOUTS, activity, ({ message }) => over.push(message))
})
afterEach(() => {
  deadlines[Symbol.dispose]()
  socket.destroy()
  vi.useRealTimers()
})

describe('the login', () => {
  it('may take as long as it may, and not a millisecond longer', () => {
    vi.advanceTimersByTime(TIMEOUTS.login - 1)
    expect(over).toEqual([])
    vi.advanceTimersByTime(1)
    expect(over).toEqual(['no login in time'])
  })

  it('is not late once it is accepted', () => {
    deadlines.loggedIn()
    vi.advanceTimersByTime(10 * TIMEOUTS.login)
    expect(over).toEqual([])
  })
})

// The system's timer of a socket is none that a test can set forward: these see what it is set to.
describe('silence', () => {
  it('may last longer between requests than during one', () => {
    deadlines.idle()
    expect(socket.timeout).toBe(TIMEOUTS.idle)
    deadlines.answering()
    expect(socket.timeout).toBe(TIMEOUTS.stall)
    deadlines.idle()
    expect(socket.timeout).toBe(TIMEOUTS.idle)
  })

  it('is over when the timer of the socket says so', () => {
    deadlines.answering()
    socket.emit('timeout')
    expect(over).toEqual(['nothing was heard for too long'])
  })

  it("is awaited again, for as long, if it was the server's own", () => {
    deadlines.answering()
    state.rests = true
    const set = vi.spyOn(socket, 'setTimeout')
    socket.emit('timeout')
    expect(over).toEqual([])
    expect(set.mock.calls).toEqual([[TIMEOUTS.stall]])
  })
})

describe('a trickle', () => {
  it('is ended after as long as a stall may last, in which the client owed something', () => {
    deadlines.loggedIn()
    vi.advanceTimersByTime(10 * TIMEOUTS.stall)
    expect(over).toEqual([])
    state.owes = true
    vi.advanceTimersByTime(TIMEOUTS.stall - 1)
    expect(over).toEqual([])
    vi.advanceTimersByTime(1)
    expect(over).toEqual(['less than 1024 bytes a second came through'])
  })
})
