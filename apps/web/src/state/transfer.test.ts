import { expect, it } from 'vitest'
import { canTransfer } from './transfer.ts'

it.each([
  ['its own folder', ['a'], ['x'], ['a'], false],
  ['a folder above', ['a', 'b'], ['x'], ['a'], true],
  ['itself', ['a'], ['x'], ['a', 'x'], false],
  ['a folder in it', ['a'], ['x'], ['a', 'x', 'y'], false],
  ['one beside it whose name begins with its name', ['a'], ['x'], ['a', 'xy'], true],
])('into %s', (_, folder, names, to, isPossible) => {
  expect(canTransfer({ folder, names }, to)).toBe(isPossible)
})
