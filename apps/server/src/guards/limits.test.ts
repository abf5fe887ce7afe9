import { describe, expect, it } from 'vitest'
import { shareOpenFiles } from './limits.ts'

describe('open files are shared out', () => {
  it.each([
    [256, 1],
    [400, 2],
    [1_024, 2],
    [1_024, 16],
    [4_096, 8],
    [8_192, 2],
    [1_048_576, 64],
  ])('so that %i suffice for all that %i threads may hold', (files, threads) => {
    const { connections, descriptors } = shareOpenFiles(1_000, { threads, files })
    // Measured with one to four threads: 30 and 8 for each thread; and 16 for refused newcomers.
    expect(30 + 16 + threads * (8 + descriptors) + connections * 4).toBeLessThan(files)
    expect(descriptors).toBeGreaterThanOrEqual(8)
    expect(connections).toBeGreaterThan(10)
  })

  it('for as many connections as are wanted, where that is possible', () => {
    expect(shareOpenFiles(1_000, { threads: 2, files: 8_192 }).connections).toBe(1_000)
    expect(shareOpenFiles(50, { threads: 2, files: 1_024 }).connections).toBe(50)
    expect(shareOpenFiles(1_000, { threads: 2, files: Number.POSITIVE_INFINITY })).toEqual({
      connections: 1_000,
      descriptors: 256,
    })
  })

  it('for one connection at least', () => {
    expect(shareOpenFiles(1_000, { threads: 64, files: 256 })).toEqual({ connections: 1, descriptors: 8 })
  })
})
