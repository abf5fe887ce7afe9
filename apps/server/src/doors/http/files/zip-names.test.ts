import { collisionKey, portabilityProblem } from '@ftp/protocol'
import fc from 'fast-check'
import { expect, it, vi } from 'vitest'
import { ZipNames } from './zip-names.ts'

it('every name can be unpacked anywhere, and none is given twice', () => {
  const names = new ZipNames()
  const named = (path: string, isDirectory = false): string => names.nameOf(path, isDirectory)
  expect(named('a.txt')).toBe('a.txt')
  expect(named('A.TXT')).toBe('A-1.TXT')
  expect(named('..\\..\\x')).toBe('.._.._x')
  expect(named('C:x')).toBe('C_x')
  expect(named('con.txt')).toBe('_con.txt')
  expect(named('end. ')).toBe('end__')
  expect(named('d?', true)).toBe('d_')
  expect(named('d_', true)).toBe('d_-1')
  expect(named('d?/f')).toBe('d_/f')
  expect(named('d_/f')).toBe('d_-1/f')
})

it('of any entries are portable and different', () => {
  const name = fc.string({ minLength: 1, maxLength: 8 }).filter((text) => !text.includes('/'))
  fc.assert(
    fc.property(fc.array(name), (all) => {
      const names = new ZipNames()
      const given = all.map((one) => names.nameOf(one, false))
      expect(new Set(given.map(collisionKey)).size).toBe(all.length)
      for (const one of given) expect(portabilityProblem(one)).toBeUndefined()
    }),
  )
})

it('of entries that all want one name are found without trying each again', () => {
  const names = new ZipNames()
  const spellings = Array.from({ length: 4_096 }, (_, i) =>
    i.toString(2).padStart(12, '0').replaceAll('0', 'a').replaceAll('1', 'A'),
  )
  const normalize = vi.spyOn(String.prototype, 'toUpperCase')
  const given = spellings.map((name) => names.nameOf(name, false))
  const tries = normalize.mock.calls.length
  normalize.mockRestore()
  expect(new Set(given.map(collisionKey)).size).toBe(spellings.length)
  expect(tries).toBeLessThan(4 * spellings.length)
})
