import { describe, expect, it } from 'vitest'
import { wrap } from './wrap.ts'

const HASH = `sha256:${'0123456789abcdef'.repeat(4)}`

describe('A message', () => {
  it('stays in one line where there is no terminal, or room enough', () => {
    const text = `the key is ${HASH} now`
    expect(wrap(text, undefined)).toBe(text)
    expect(wrap(text, 100)).toBe(text)
  })

  it('is broken between words, never in them', () => {
    expect(wrap(`the key of nas has changed. It is now ${HASH}, so be careful`, 80)).toBe(
      `the key of nas has changed. It is now\n  ${HASH}, so be\n  careful`,
    )
    expect(wrap(HASH, 40)).toBe(HASH)
  })
})
