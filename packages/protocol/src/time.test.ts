import fs from 'node:fs'
import os from 'node:os'
import path from 'node:path'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { toMicroseconds, toUtime } from './time.ts'

test('P-7.1: a time set through toUtime is read back by toMicroseconds as it was, from 1960 to 2106', () => {
  const file = path.join(fs.mkdtempSync(path.join(os.tmpdir(), 'ftp-time-')), 'file')
  fs.writeFileSync(file, '')
  const years = { min: Date.UTC(1960, 0) * 1000, max: Date.UTC(2106, 0) * 1000 }
  fc.assert(
    fc.property(fc.integer(years), (microseconds) => {
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
