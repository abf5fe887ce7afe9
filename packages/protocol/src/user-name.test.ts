import { expect, it } from 'vitest'
import { foldUserName, userNameProblem } from './user-name.ts'

it.each([
  ['anna', 'Anna'],
  ['anna', 'ａｎｎａ'],
  ['jürgen', 'JÜRGEN'],
  ['jürgen', 'ju\u0308rgen'],
])('P-6.19: %j is the user who types %j', (folded, typed) => {
  expect(foldUserName(typed)).toBe(folded)
  expect(foldUserName(folded)).toBe(folded)
  expect(userNameProblem(folded)).toBeUndefined()
})

it.each([
  '',
  'anonymous',
  '.',
  '..',
  '.ftp-server',
  'a/b',
  'a b',
  'a,b',
  'con',
  'nul.txt',
  'a.',
  '-a',
  'x'.repeat(65),
])('%j cannot be the name of an account', (name) => {
  expect(userNameProblem(name)).toBeDefined()
})
