import { expect, it } from 'vitest'
import { negotiate } from './version.ts'

it('P-6.2: picks the newest version that both sides know', () => {
  expect(negotiate([1])).toBe(1)
  expect(negotiate([999, 1, 0])).toBe(1)
  for (const offered of [[], [0], [2], [999]]) expect(negotiate(offered)).toBeUndefined()
})
