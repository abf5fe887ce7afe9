import fs from 'node:fs'
import os from 'node:os'
import path from 'node:path'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { toMicroseconds, toUtime } from './time.ts'

const FARTHEST = 9_007_199_254_000_000

test('P-7.1: a time of toMicroseconds that is set through toUtime is read back as it was', () => {
  const file = path.join(fs.mkdtempSync(path.join(os.tmpdir(), 'ftp-time-')), 'file')
  fs.writeFileSync(file, '')
  // The years in which every file system of the tests can keep a time: ext4 ends in 2446, and begins in 1901.
  const nanoseconds = fc.bigInt(
    BigInt(Date.UTC(1902, 0)) * 1_000_000n,
    BigInt(Date.UTC(2440, 0)) * 1_000_000n,
  )
  fc.assert(
    fc.property(nanoseconds, (wanted) => {
      const microseconds = toMicroseconds(wanted)
      fs.utimesSync(file, toUtime(microseconds), toUtime(microseconds))
      expect(toMicroseconds(fs.statSync(file, { bigint: true }).mtimeNs)).toBe(microseconds)
    }),
    { numRuns: 500 },
  )
  fs.rmSync(path.dirname(file), { recursive: true })
})

test('toMicroseconds rounds down', () => {
  expect(toMicroseconds(1_999n)).toBe(1)
  expect(toMicroseconds(-1n)).toBe(-1)
  expect(toMicroseconds(-1_000n)).toBe(-1)
})

test('P-7.1: a time that no message can hold becomes the nearest one', () => {
  const second = 1_000_000_000n
  expect(toMicroseconds(10_413_792_000n * second)).toBe(FARTHEST)
  expect(toMicroseconds(2n ** 62n * 1_000n)).toBe(FARTHEST)
  expect(toMicroseconds(-(2n ** 62n) * 1_000n)).toBe(-FARTHEST)
  expect(toMicroseconds(8_800_000_000n * second + 123_456_789n)).toBe(8_800_000_000_000_000)
  expect(toMicroseconds(-8_800_000_000n * second - 1n)).toBe(-8_800_000_001_000_000)
})
