import { describe, expect, it } from 'vitest'
import { IF_EXISTS, type IfExists, judge, namesFor, type Verdict } from './if-exists.ts'
import { nameProblem, portabilityProblem } from './names.ts'

const OLD = { size: 5, mtime: 1_000 }

describe('What becomes of a file whose name is taken', () => {
  it.each<[IfExists, { size: number | null; mtime?: number }, Verdict]>([
    ['replace', OLD, 'replace'],
    ['fail', OLD, 'refuse'],
    ['skip', { size: 6, mtime: 2_000 }, 'keep'],
    ['rename', OLD, 'rename'],
    ['newer', { size: 5, mtime: 1_002 }, 'replace'],
    ['newer', { size: 5, mtime: 1_001 }, 'keep'],
    ['newer', { size: 6, mtime: 1_000 }, 'keep'],
    ['newer', { size: 5, mtime: 999 }, 'keep'],
    ['newer', { size: 5 }, 'replace'],
    ['different', OLD, 'keep'],
    ['different', { size: 6, mtime: 1_000 }, 'replace'],
    ['different', { size: 5, mtime: 998 }, 'replace'],
    ['different', { size: 5, mtime: 999 }, 'keep'],
    ['different', { size: null, mtime: 1_000 }, 'replace'],
    ['different', { size: 5 }, 'replace'],
  ])('%s, with %j: %s', (policy, fresh, verdict) => expect(judge(policy, OLD, fresh)).toBe(verdict))
})

describe('The names that rename tries', () => {
  it.each([
    ['a.txt', 'a-1.txt', 'a-2.txt'],
    ['backup.tar.gz', 'backup-1.tar.gz', 'backup-2.tar.gz'],
    ['README', 'README-1', 'README-2'],
    ['.bashrc', '.bashrc-1', '.bashrc-2'],
    ['v1.2.txt', 'v1.2-1.txt', 'v1.2-2.txt'],
    ['a.this is no ending', 'a.this is no ending-1', 'a.this is no ending-2'],
  ])('for %s are it, %s, %s and so on', (...expected) => {
    expect([...namesFor(expected[0], 'rename').take(3)]).toEqual(expected)
  })

  it('are ones that every system can store, however long the name is', () => {
    const long = `${'€'.repeat(83)}.txt`
    const names = [...namesFor(long, 'rename')]
    expect(names).toHaveLength(10_000)
    expect(new Set(names).size).toBe(10_000)
    for (const name of [names[1], names[9_999]])
      expect([nameProblem(name ?? ''), portabilityProblem(name ?? '')]).toEqual([undefined, undefined])
    expect(names[1]).toMatch(/^€+-1\.txt$/)
  })

  it.each(IF_EXISTS.filter((policy) => policy !== 'rename'))('for %s are only its own', (policy) => {
    expect([...namesFor('a.txt', policy)]).toEqual(['a.txt'])
  })
})
