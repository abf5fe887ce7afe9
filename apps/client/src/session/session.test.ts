import { getEventListeners } from 'node:events'
import { syncBuiltinESMExports } from 'node:module'
import type { TimerOptions } from 'node:timers'
import timers from 'node:timers/promises'
import { TransferError } from '@ftp/protocol'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { Connection, type ConnectOptions } from '../connection/connection.ts'
import { ConnectionPool } from './connection-pool.ts'
import { Reconnect, Session } from './session.ts'

/** The clock of these tests: waiting moves it, and nothing else. */
const clock = { now: 0, waits: [] as number[], onWait: (): void => {} }

async function delay<T>(ms = 0, value?: T, { signal }: TimerOptions = {}): Promise<T> {
  clock.now += ms
  clock.waits.push(ms)
  clock.onWait()
  if (signal?.aborted) throw new Error('The operation was aborted')
  return value as T
}

/** Connections to a server that is up or down, as the test says. */
class FakeServer {
  isUp = true
  opened = 0
  readonly connections: { usable: boolean; disposed: boolean }[] = []

  readonly open = async (): Promise<Connection> => {
    if (!this.isUp) throw new TransferError('lost', 'nothing answers')
    this.opened++
    const connection = {
      usable: true,
      disposed: false,
      [Symbol.dispose](): void {
        this.disposed = true
        this.usable = false
      },
    }
    this.connections.push(connection)
    return connection as unknown as Connection
  }

  /** Breaks every connection. */
  breakAll(): TransferError {
    for (const connection of this.connections) connection.usable = false
    return new TransferError('lost', 'the connection broke')
  }
}

let server: FakeServer
let interrupt: AbortController
beforeEach(() => {
  clock.now = 0
  clock.waits = []
  clock.onWait = () => {}
  server = new FakeServer()
  interrupt = new AbortController()
  vi.spyOn(performance, 'now').mockImplementation(() => clock.now)
  vi.spyOn(timers, 'setTimeout').mockImplementation(delay)
  syncBuiltinESMExports()
  vi.spyOn(Connection, 'open').mockImplementation(server.open)
})
afterEach(() => {
  vi.restoreAllMocks()
  syncBuiltinESMExports()
})

let pool: ConnectionPool

function session(retryForMs = 60_000): Session {
  const options: ConnectOptions = { host: 'nas', port: 7021, timeoutMs: 1_000, signal: interrupt.signal }
  pool = new ConnectionPool(options)
  return new Session(pool, { retryForMs })
}

const lost = expect.objectContaining({ code: 'lost' })

describe('a session', () => {
  it('opens one connection for one action at a time, and uses it again', async () => {
    const sut = session()
    expect([await sut.run(async () => 1), await sut.run(async () => 2)]).toEqual([1, 2])
    expect(server.opened).toBe(1)
    await sut.run(async () => await sut.run(async () => {}))
    expect(server.opened).toBe(2)
  })

  it('has no connection left open when its pool is disposed of', async () => {
    const sut = session()
    await sut.run(async () => await sut.run(async () => {}))
    pool[Symbol.dispose]()
    expect(server.connections.map(({ disposed }) => disposed)).toEqual([true, true])
  })

  it('leaves no connection open that opens after its pool was disposed of', async () => {
    const sut = session()
    const opening = Promise.withResolvers<void>()
    vi.spyOn(Connection, 'open').mockImplementation(async () => {
      await opening.promise
      return await server.open()
    })
    const shared = sut.shareConnection()
    const running = [
      sut.run(async () => {}),
      sut.with({ connection: shared }).run(async () => {}),
      shared.get(),
    ]
    pool[Symbol.dispose]()
    const failed = await Promise.allSettled(running)
    expect(failed).toEqual(running.map(() => ({ status: 'rejected', reason: lost })))
    opening.resolve()
    await expect.poll(() => server.connections.map(({ disposed }) => disposed)).toEqual([true, true])
    await expect(sut.run(async () => {})).rejects.toEqual(lost)
  })

  it('does not wait for a shared connection that is still opening when it is interrupted', async () => {
    const sut = session()
    vi.spyOn(Connection, 'open').mockReturnValue(new Promise(() => {}))
    using shared = sut.shareConnection()
    const waiting = shared.get()
    interrupt.abort(new TransferError('aborted', 'interrupted'))
    await expect(waiting).rejects.toMatchObject({ code: 'aborted' })
  })

  it('runs an action again at once, and says nothing, if it let its connection go on purpose', async () => {
    const onRetry = vi.fn()
    const sut = session().with({ onRetry })
    let runs = 0
    const result = await sut.run(async ({ connection }) => {
      if (++runs < 3) {
        connection[Symbol.dispose]()
        throw new Reconnect()
      }
      return runs
    })
    expect({ result, opened: server.opened, waits: clock.waits }).toEqual({ result: 3, opened: 3, waits: [] })
    expect(onRetry).not.toHaveBeenCalled()
  })

  it('does not wait for a server that has never answered', async () => {
    server.isUp = false
    const sut = session()
    await expect(sut.run(async () => {})).rejects.toEqual(lost)
    expect(clock.waits).toEqual([])
  })

  it('tries again on a new connection when one is lost, and says so', async () => {
    const sut = session()
    const retries: string[] = []
    let tries = 0
    const result = await sut.with({ onRetry: ({ code }) => retries.push(code) }).run(async () => {
      if (++tries < 3) throw server.breakAll()
      return 'done'
    })
    expect({ result, tries, retries, opened: server.opened }).toEqual({
      result: 'done',
      tries: 3,
      retries: ['lost', 'lost'],
      opened: 3,
    })
  })

  it('does not repeat what the server has refused, and keeps the connection', async () => {
    const sut = session()
    const refusal = new TransferError('not_found', 'nothing has this path')
    await expect(sut.run(async () => Promise.reject(refusal))).rejects.toBe(refusal)
    await sut.run(async () => {})
    expect([server.opened, clock.waits]).toEqual([1, []])
  })

  it('repeats what a busy server could not do, on the same connection', async () => {
    const sut = session()
    let tries = 0
    await sut.run(async () => {
      if (++tries < 3) throw new TransferError('busy', 'later')
    })
    expect([tries, server.opened]).toEqual([3, 1])
  })

  it('waits longer from time to time, never more than five seconds, and never twice quite the same', async () => {
    const sut = session()
    await expect(sut.run(async () => Promise.reject(server.breakAll()))).rejects.toEqual(lost)
    for (const [index, wait] of clock.waits.entries()) {
      const longest = Math.min(5_000, 100 * 2 ** index)
      expect(wait).toBeGreaterThanOrEqual(longest / 2)
      expect(wait).toBeLessThanOrEqual(longest)
    }
    expect(clock.waits.length).toBeGreaterThan(12)
  })

  it('gives up before its patience would end, and says how to continue', async () => {
    const sut = session(10_000)
    await sut.run(async () => {})
    server.isUp = false
    server.breakAll()
    await expect(sut.run(async () => {})).rejects.toMatchObject({
      code: 'lost',
      message: expect.stringMatching(/gave up after trying for 10 s\. Run the same command again/),
    })
    expect(clock.now).toBeLessThanOrEqual(10_000)
    expect(clock.now).toBeGreaterThan(4_000)
  })

  it('is as patient as at the beginning whenever bytes have moved', async () => {
    const sut = session(1_000)
    let tries = 0
    await sut.run(async ({ progressed }) => {
      progressed()
      if (++tries < 200) throw server.breakAll()
    })
    expect(tries).toBe(200)
    expect(Math.max(...clock.waits)).toBeLessThanOrEqual(100)
  })

  it('does not count the time of a block that takes longer than its patience', async () => {
    const sut = session(60_000)
    let tries = 0
    const result = await sut.run(async () => {
      if (++tries > 1) return 'done'
      clock.now += 3_600_000
      throw server.breakAll()
    })
    expect(result).toBe('done')
  })

  it('has no patience left for an action that never moves', async () => {
    const sut = session(1_000)
    let tries = 0
    await expect(
      sut.run(async () => {
        tries++
        throw server.breakAll()
      }),
    ).rejects.toEqual(lost)
    expect(tries).toBeLessThan(10)
  })

  it('that is interrupted while it waits ends with the reason of the interruption', async () => {
    const sut = session()
    const reason = new TransferError('aborted', 'interrupted; run the same command again to continue')
    clock.onWait = () => interrupt.abort(reason)
    await expect(sut.run(async () => Promise.reject(server.breakAll()))).rejects.toBe(reason)
  })

  it('that is interrupted while it works does not try again', async () => {
    const sut = session()
    const reason = new TransferError('aborted', 'interrupted')
    const running = sut.run(async () => {
      interrupt.abort(reason)
      throw server.breakAll()
    })
    await expect(running).rejects.toBe(reason)
    expect(clock.waits).toEqual([])
  })

  it('shares one connection among actions where that is wanted, and replaces it when it is lost', async () => {
    const sut = session()
    using connection = sut.shareConnection()
    const sharing = sut.with({ connection })
    await Promise.all([1, 2, 3].map(() => sharing.run(async () => await sharing.run(async () => {}))))
    expect(server.opened).toBe(1)
    server.breakAll()
    await Promise.all([1, 2, 3].map(() => sharing.run(async () => {})))
    expect(server.opened).toBe(2)
  })

  it('gives a shared connection back when nobody shares it any more', async () => {
    const sut = session()
    {
      using connection = sut.shareConnection()
      await sut.with({ connection }).run(async () => {})
    }
    await new Promise(setImmediate)
    await sut.run(async () => {})
    expect(server.opened).toBe(1)
  })

  it('closes a shared connection when it is interrupted, and a view of its own signal alone', async () => {
    const sut = session()
    using shared = sut.shareConnection()
    const mine = new AbortController()
    const view = sut.with({ connection: shared, signal: mine.signal })
    await view.run(async () => {})
    mine.abort(new TransferError('aborted', 'mine'))
    await expect(view.run(async () => {})).rejects.toMatchObject({ message: 'mine' })
    expect(server.connections.map(({ disposed }) => disposed)).toEqual([false])
    await sut.run(async () => {})
    interrupt.abort(new TransferError('aborted', 'all'))
    expect(server.connections.map(({ disposed }) => disposed)).toContain(true)
  })

  it('leaves no listener on a signal that outlives its actions', async () => {
    const sut = session()
    const { signal } = interrupt
    const before = getEventListeners(signal, 'abort').length
    for (let count = 0; count < 20; count++) await sut.run(async () => {})
    expect(getEventListeners(signal, 'abort').length).toBe(before)
  })
})
