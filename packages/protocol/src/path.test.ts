import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import vectors from '../vectors/paths.json' with { type: 'json' }
import { LIMITS } from './limits.ts'
import { formatPath, HOME, joinPath, localPath, parsePath, requirePortable, resolvePath } from './path.ts'

const REFUSED = expect.objectContaining({ name: 'TransferError', code: 'name' })
const shown = ({ path, why }: { path: string; why: string }): [string, string, string] => [
  JSON.stringify(path.length > 60 ? `${path.slice(0, 60)}…` : path).replace(/[^ -~]/gu, '?'),
  why,
  path,
]
const pieces = fc.oneof(
  fc.constantFrom('..', '.', '', 'a', 'b', '..a', '\0', '\\', 'C:', '~', '%2e', '.ftp-server'),
  fc.string({ unit: 'binary', maxLength: 5 }),
)
const anyPath = fc.array(pieces, { maxLength: 6 }).map((names) => names.join('/'))

describe('vectors/paths.json', () => {
  it.each(vectors.valid)('P-7.3, P-7.4: accepts %j', (path) => {
    expect(formatPath(parsePath(path))).toBe(path)
    expect(() => requirePortable(parsePath(path))).not.toThrow()
  })

  it.each(vectors.never.map(shown))('P-7.4, P-7.5, P-7.6: never accepts %s: %s', (_shown, _why, path) => {
    expect(() => parsePath(path)).toThrow(REFUSED)
  })

  it.each(vectors.notCreated.map(shown))(
    'P-7.7: accepts %s, but does not create it: %s',
    (_shown, _why, path) => {
      expect(formatPath(parsePath(path))).toBe(path)
      expect(() => requirePortable(parsePath(path))).toThrow(REFUSED)
    },
  )
})

describe('parsePath', () => {
  it('P-7.3, P-7.5: an accepted path is written as it was read, and holds only names', () => {
    fc.assert(
      fc.property(anyPath, (text) => {
        const path = accepted(text)
        if (path === undefined) return
        expect(formatPath(path)).toBe(text)
        for (const name of path) {
          expect(['', '.', '..']).not.toContain(name)
          expect(name).not.toMatch(/[\0/]/)
        }
      }),
      { numRuns: 3_000 },
    )
  })

  it('P-7.4: allows 64 names and 4096 bytes, and refuses one more', () => {
    const deep = Array.from({ length: LIMITS.pathDepth }, () => 'a')
    expect(parsePath(deep.join('/'))).toHaveLength(LIMITS.pathDepth)
    expect(() => parsePath([...deep, 'a'].join('/'))).toThrow(REFUSED)
    const long = `${Array.from({ length: 15 }, () => 'é'.repeat(127)).join('/')}/${'a'.repeat(255)}`
    expect(Buffer.byteLength(`${long}/`)).toBe(LIMITS.path - 15)
    expect(() => parsePath(`${long}/${'b'.repeat(15)}`)).not.toThrow()
    expect(() => parsePath(`${long}/${'b'.repeat(16)}`)).toThrow(REFUSED)
  })

  it('gives a path that nobody can change afterwards', () => {
    expect(Object.isFrozen(parsePath('a/b'))).toBe(true)
  })

  it('P-4.8: shows a refused path without its control characters', () => {
    expect(() => parsePath('a\x1b[2J')).toThrow('"a\\u{1b}[2J": a name contains the control character U+001B')
  })
})

describe('resolvePath', () => {
  it.each([
    ['', 'x/y', 'x/y'],
    ['.', 'x/y', 'x/y'],
    ['..', 'x/y', 'x'],
    ['../..', 'x/y', ''],
    ['/', 'x/y', ''],
    ['/a//b/', 'x', 'a/b'],
    ['a/./../b', 'x', 'x/b'],
  ])('reads %j typed in %j as %j', (typed, from, expected) => {
    expect(formatPath(resolvePath(typed, parsePath(from)))).toBe(expected)
  })

  it('refuses to go up from the home', () => {
    expect(() => resolvePath('../x')).toThrow('leads out of your home')
    expect(() => resolvePath('../../..', parsePath('x/y'))).toThrow('leads out of your home')
  })

  it('never leaves the home, whatever is typed', () => {
    fc.assert(
      fc.property(anyPath, (text) => {
        try {
          expect(resolvePath(text)).not.toContain('..')
        } catch (error) {
          expect(error).toEqual(REFUSED)
        }
      }),
    )
  })
})

describe('joinPath', () => {
  it('P-7.9: goes down, never up and never nowhere', () => {
    expect(formatPath(joinPath(HOME, 'a'))).toBe('a')
    expect(formatPath(joinPath(parsePath('a'), 'b'))).toBe('a/b')
    for (const name of ['', '.', '..', '/', '../x', 'b/', '/b', 'b/../c', '\0']) {
      expect(() => joinPath(HOME, name), name).toThrow(REFUSED)
      expect(() => joinPath(parsePath('a'), name), name).toThrow(REFUSED)
    }
  })
})

describe('localPath', () => {
  it('may be longer and deeper than a path on the wire, but has no other names', () => {
    const names = Array<string>(LIMITS.pathDepth + 1).fill('d'.repeat(255))
    expect(localPath(names)).toEqual(names)
    expect(localPath([])).toEqual(HOME)
    for (const name of ['', '.', '..', '/', '../x', '\0'])
      expect(() => localPath(['a', name]), name).toThrow(REFUSED)
  })
})

function accepted(text: string): ReturnType<typeof parsePath> | undefined {
  try {
    return parsePath(text)
  } catch (error) {
    expect(error).toEqual(REFUSED)
    return undefined
  }
}
