import { PassThrough } from 'node:stream'
import { afterEach, beforeEach, expect, it, vi } from 'vitest'
import { BarReporter } from './bars.ts'

beforeEach(() => vi.useFakeTimers())
afterEach(() => vi.useRealTimers())

/** A terminal of so many columns, and what is drawn on it. */
function terminal(columns: number): { stream: NodeJS.WriteStream; drawn: () => string } {
  const stream = Object.assign(new PassThrough(), { isTTY: true, columns, rows: 24 })
  const chunks: string[] = []
  stream.on('data', (chunk: Buffer) => chunks.push(chunk.toString()))
  return {
    stream: stream as unknown as NodeJS.WriteStream,
    drawn: () => {
      vi.advanceTimersByTime(200)
      return chunks.splice(0).join('')
    },
  }
}

it('a bar says for how long the server has been silent, until something moves', () => {
  const { stream, drawn } = terminal(80)
  const bars = new BarReporter({ stream, output: stream, verb: 'received', several: false, brief: false })
  const file = bars.file('disk.img', 'disk.img')
  file.phase('transfer')
  file.size(100_000_000)
  for (let second = 0; second <= 3; second++) {
    file.moved(second * 10_000_000)
    vi.advanceTimersByTime(1_000)
  }
  expect(drawn()).toContain('9.5 MiB/s')
  file.silent?.(2_500)
  expect(drawn()).not.toContain('no answer')
  file.silent?.(12_300)
  expect(drawn()).toMatch(/30\.\d%|30%.*no answer for 12 s/)
  expect(drawn()).not.toContain('MiB/s')
  for (let second = 4; second <= 6; second++) {
    file.moved(second * 10_000_000)
    vi.advanceTimersByTime(1_000)
  }
  // The silence does not count as time in which little moved.
  expect(drawn()).toContain('9.5 MiB/s')
})

it('a terminal that says it has no columns is taken for one of 80', () => {
  const { stream, drawn } = terminal(0)
  const bars = new BarReporter({ stream, output: stream, verb: 'received', several: true, brief: false })
  bars.file('disk.img', 'disk.img').moved(1)
  expect(drawn()).toMatch(/disk\.img/)
  expect(drawn()).not.toContain('NaN')
})
