import { expect, it } from 'vitest'
import type { Entry } from '../api/entry.ts'
import { findTyped } from './type-ahead.ts'

const ENTRIES = ['Alps', 'anna', 'Äpfel', 'bee', 'boo', 'über uns'].map(
  (name): Entry => ({ name, type: 'file', size: 0, time: 0, md5: undefined }),
)

it.each([
  ['a letter goes to the first name with it', 'a', 4, 'Alps'],
  ['more letters are the beginning of a name', 'an', 0, 'anna'],
  ['neither case nor accents matter', 'ÄP', 0, 'Äpfel'],
  ['spaces count', 'uber u', 0, 'über uns'],
  ['the same letter again goes to the next name', 'bb', 3, 'boo'],
  ['after the last name, it goes to the first', 'bb', 4, 'bee'],
  ['what no name begins with goes nowhere', 'box', 3, undefined],
] as const)('%s', (_, word, focus, name) => {
  expect(findTyped(ENTRIES, word, focus)?.name).toBe(name)
})
