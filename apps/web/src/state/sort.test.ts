import { expect, it } from 'vitest'
import type { Entry } from '../api/entry.ts'
import { comparison, type SortOrder } from './sort.ts'

const entry = (name: string, size = 0, type: Entry['type'] = 'file'): Entry => ({
  ...{ name, size, type, time: size },
  md5: undefined,
})
const ENTRIES = [
  entry('b10', 1),
  entry('b2', 3),
  entry('A', 1),
  entry('z', 0, 'folder'),
  entry('c', 0, 'folder'),
]

it.each<[SortOrder, string]>([
  [{ key: 'name', isDescending: false }, 'c z A b2 b10'],
  [{ key: 'name', isDescending: true }, 'z c b10 b2 A'],
  [{ key: 'size', isDescending: false }, 'c z A b10 b2'],
  [{ key: 'time', isDescending: true }, 'z c b2 b10 A'],
])('%j', (order, names) => {
  expect(ENTRIES.toSorted(comparison(order)).map(({ name }) => name)).toEqual(names.split(' '))
})
