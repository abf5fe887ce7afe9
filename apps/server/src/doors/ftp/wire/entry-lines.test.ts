import { expect, it } from 'vitest'
import { factLine, formatTime, listLine, parseTime } from './entry-lines.ts'

const TIME = Date.UTC(2026, 0, 2, 3, 4, 5) * 1_000
const FILE = { name: 'a b', type: 'file', size: 1_234, mtime: TIME, mode: 0o640 } as const
const NOW = TIME / 1_000 + 1_000

it('LIST looks like ls', () => {
  expect(listLine(FILE, NOW)).toBe('-rw-r-----   1 ftp      ftp              1234 Jan 02 03:04 a b')
  expect(listLine({ ...FILE, type: 'directory', mode: 0o755 }, NOW)).toMatch(/^drwxr-xr-x /)
  expect(listLine(FILE, NOW + 365 * 86_400_000)).toContain(' Jan 02  2026 a b')
})

it('MLSD tells facts, and what the account may do', () => {
  expect(factLine(FILE, 'a b', ['read', 'overwrite'])).toBe(
    'type=file;size=1234;modify=20260102030405;perm=arw;UNIX.mode=0640; a b',
  )
  expect(factLine({ ...FILE, type: 'directory', mode: undefined }, '/', ['list'])).toBe(
    'type=dir;modify=20260102030405;perm=el; /',
  )
})

it.each([
  ['20260102030405', TIME],
  ['20260102030405.25', TIME + 250_000],
  ['20260230030405', undefined],
  ['20261302030405', undefined],
  ['2026', undefined],
  ['99999999999999', undefined],
])('%s is a time, or none', (text, expected) => {
  expect(parseTime(text)).toBe(expected)
  if (expected !== undefined) expect(formatTime(expected)).toBe(text.slice(0, 14))
})
