import { Writable } from 'node:stream'
import { Block } from '@ftp/md5/block'
import { describe, expect, it } from 'vitest'
import { FrameWriter } from './frame-writer.ts'
import { PacedReader } from './paced-reader.ts'
import { type Clock, RateLimit } from './rate-limit.ts'

const MIB = 1_048_576

it.each([
  [10_240, 1_024],
  [160_000, 10_000],
  [1_000_000_000, MIB],
])('at %i bytes a second, %i bytes move at once', (rate, slice) => {
  expect(new RateLimit(rate).slice).toBe(slice)
})

/** A clock on which nothing takes time except a sleep, and every sleep ends late, by another time each. */
class LateClock implements Clock {
  #now = 0
  #sleeps = 0
  readonly #latest: number

  /** @param latest in milliseconds */
  constructor(latest: number) {
    this.#latest = latest
  }

  readonly now = (): number => this.#now
  readonly sleep = async (ms: number): Promise<void> => {
    expect(ms).toBeGreaterThanOrEqual(4)
    const late = this.#latest * ((this.#sleeps++ * 0.618) % 1)
    this.#now += ms + late
  }
}

const RATES = [1e6, 3e6, 1e7, 5e7, 1e8, 5e8, 1e9, 2e9]
const CASES = RATES.flatMap((rate) => [0, 5, 20].map((late) => [rate, late] as const))
/** How many seconds of data move. */
const SECONDS = 4

describe('A line that is as fast as can be', () => {
  it.each(CASES)(
    'is sent %i bytes a second, within 5 %%, by timers that are up to %i ms late',
    async (rate, late) => {
      const clock = new LateClock(late)
      let sent = 0
      const write = (chunk: Buffer, _: unknown, done: () => void): void => {
        sent += chunk.length
        done()
      }
      const writer = new FrameWriter(new Writable({ write }), new RateLimit(rate, clock))
      const bytes = Buffer.alloc(MIB)
      while (sent < rate * SECONDS) await writer.send({}, new Block(bytes))
      expectRate(sent, clock, rate)
    },
  )

  it.each(CASES)(
    'is read at %i bytes a second, within 5 %%, by timers that are up to %i ms late',
    async (rate, late) => {
      const clock = new LateClock(late)
      const limit = new RateLimit(rate, clock)
      let resumed = Promise.withResolvers<void>()
      let paused = false
      const socket = {
        pause: () => {
          if (!paused) resumed = Promise.withResolvers()
          paused = true
        },
        resume: () => {
          paused = false
          resumed.resolve()
        },
      }
      using reader = new PacedReader(socket, limit)
      let read = 0
      while (read < rate * SECONDS) {
        // TLS hands on what it has decrypted even after a pause.
        for (let record = 0; record < 2; record++) {
          const count = Math.min(16_384, limit.slice)
          reader.took(count)
          read += count
        }
        if (paused) await resumed.promise
      }
      expectRate(read, clock, rate)
    },
  )
})

function expectRate(moved: number, clock: Clock, rate: number): void {
  const measured = (moved * 1_000) / clock.now()
  expect(measured).toBeGreaterThan(rate * 0.95)
  expect(measured).toBeLessThan(rate * 1.05)
}
