import { expect, it } from 'vitest'
import { kindOf } from './kind.ts'

it.each([
  ['a.JPG', 'image'],
  ['a.tar.gz', 'archive'],
  ['notes.md', 'text'],
  ['a.svg', 'text'],
  ['a.html', 'text'],
  ['a.pdf', 'pdf'],
  ['a.constructor', 'other'],
  ['jpg', 'other'],
  ['', 'other'],
])('%j is %s', (name, kind) => {
  expect(kindOf(name)).toBe(kind)
})
