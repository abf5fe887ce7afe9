import { expect, it } from 'vitest'
import type { Entry } from '../api/entry.ts'
import { matching } from './filter.ts'

const ENTRIES = ['Résumé.pdf', 're\u0301sume\u0301 old.pdf', 'Photo.JPG', 'ﬁle.txt'].map(
  (name): Entry => ({ name, type: 'file', size: 0, time: 0, md5: undefined }),
)

it.each([
  ['', 4],
  ['  ', 4],
  ['photo', 1],
  ['.jpg', 1],
  ['resume', 2],
  ['RÉSUMÉ', 2],
  ['file', 1],
  ['nothing', 0],
])('%j is in %i names', (text, count) => {
  expect(matching(ENTRIES, text)).toHaveLength(count)
})
