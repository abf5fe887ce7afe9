import { expect, it } from 'vitest'
import { alignColumns } from './columns.ts'

it('gives each column the width of its widest cell, and leaves no space at the end', () => {
  expect(
    alignColumns([
      ['NAME', 'SIZE', 'PATH'],
      ['a', '1000000 B', ''],
      ['longer', '1 B', 'x'],
    ]),
  ).toEqual(['NAME    SIZE       PATH', 'a       1000000 B', 'longer  1 B        x'])
  expect(alignColumns([])).toEqual([])
})
