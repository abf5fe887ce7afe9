import { expect, it } from 'vitest'
import { count } from './count.ts'

it.each([
  [0, 'file', '0 files'],
  [1, 'file', '1 file'],
  [2, 'file', '2 files'],
  [2, 'directory', '2 directories'],
  [2, 'day', '2 days'],
])('%d %s: %s', (number, thing, text) => expect(count(number, thing)).toBe(text))
