import { expect, it } from 'vitest'
import { isPattern, matcherOf } from './pattern.ts'

it.each([
  ['*', 'anything', true],
  ['*', '', true],
  ['*.txt', 'a.txt', true],
  ['*.txt', 'a.txt.gz', false],
  ['a*b*c', 'a-b-b-c', true],
  ['a*b*c', 'a-c-b', false],
  ['?', '€', true],
  ['??', '🎉', false],
  ['[a]', '[a]', true],
  ['{a,b}*', 'a', false],
  ['a.c', 'abc', false],
])('%s matches %s: %s', (pattern, name, expected) => {
  expect(matcherOf(pattern)(name)).toBe(expected)
})

it('takes steps in proportion to both lengths, whatever the pattern', () => {
  expect(matcherOf(`${'*a'.repeat(120)}b`)('a'.repeat(255))).toBe(false)
})

it('is told from a name', () => {
  expect(['a*', 'a?', 'a', '[a]'].map(isPattern)).toEqual([true, true, false, false])
})
