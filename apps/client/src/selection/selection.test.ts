import type { Entry } from '@ftp/protocol'
import { describe, expect, it } from 'vitest'
import { Selection, type SelectionOptions } from './selection.ts'

const HOUR = 3_600_000

function entry(name: string, fields: Partial<Entry> = {}): Entry {
  const type = name.endsWith('/') ? 'directory' : 'file'
  return { name: name.replace(/\/$/, ''), type, size: 0, mtime: 0, mode: 0o644, ...fields }
}

/** Which of these take part; a directory ends with a slash. */
async function taken(options: SelectionOptions, names: readonly string[]): Promise<readonly string[]> {
  const chosen = await Selection.of(options)
  return names.filter((name) => chosen.mayTake(entry(name)) && chosen.takes(entry(name)))
}

const TREE = ['a.jpg', '.hidden.jpg', 'b.txt', 'd/', 'd/a.jpg', 'd/e/', 'd/e/c.txt', 'build/', 'build/x']

describe('globs', () => {
  it.each([
    [['*.jpg'], ['b.txt', 'd/', 'd/e/', 'd/e/c.txt', 'build/', 'build/x']],
    [['/*.jpg'], ['b.txt', 'd/', 'd/a.jpg', 'd/e/', 'd/e/c.txt', 'build/', 'build/x']],
    [['d/**/*.txt'], ['a.jpg', '.hidden.jpg', 'b.txt', 'd/', 'd/a.jpg', 'd/e/', 'build/', 'build/x']],
    [
      ['?.{jpg,txt}', 'x'],
      ['.hidden.jpg', 'd/', 'd/e/', 'build/'],
    ],
    [['a.jpg/'], TREE],
  ])('--exclude %j', async (exclude, left) => {
    expect(await taken({ exclude }, TREE)).toEqual(left)
  })

  it.each([
    [['*.jpg'], ['a.jpg', '.hidden.jpg', 'd/a.jpg']],
    [['d/'], ['d/a.jpg', 'd/e/c.txt']],
    [['/d/*'], ['d/a.jpg', 'd/e/c.txt']],
    [
      ['e', 'x'],
      ['d/e/c.txt', 'build/x'],
    ],
  ])(
    '--include %j takes what fits and what is in it, and directories for its sake only',
    async (include, all) => {
      expect(await taken({ include }, TREE)).toEqual(all)
    },
  )

  it('a directory that is excluded is not looked into; one that is not included is', async () => {
    const chosen = await Selection.of({ include: ['*.jpg'], exclude: ['build/'] })
    expect(chosen.mayTake(entry('build/'))).toBe(false)
    expect(chosen.mayTake(entry('d/'))).toBe(true)
  })

  it.each(['[', '', '/', '!a', '{a,'])(
    '%j is refused, and the error says how one is written',
    async (glob) => {
      await expect(Selection.of({ include: [glob] })).rejects.toThrow(
        /include .* or ignore|include .*'\*\.jpg'/,
      )
    },
  )
})

it('ignore knows the syntax of .gitignore', async () => {
  const patterns = '# build\n/build/\n*.jpg\n!a.jpg\n'
  expect(await taken({ ignore: patterns }, TREE)).toEqual([
    'a.jpg',
    'b.txt',
    'd/',
    'd/a.jpg',
    'd/e/',
    'd/e/c.txt',
  ])
})

describe('only', () => {
  it('takes what is listed, and all of a directory that is', async () => {
    expect(await taken({ only: ['./a.jpg', 'd/e/'] }, TREE)).toEqual(['a.jpg', 'd/e/', 'd/e/c.txt'])
    expect(await taken({ only: ['.'] }, TREE)).toEqual(TREE)
    expect(await taken({ only: ['a\nb'] }, ['a\nb', 'c'])).toEqual(['a\nb'])
  })

  it('looks only into directories that lead there', async () => {
    const chosen = await Selection.of({ only: ['d/e/c.txt'] })
    expect(['d/', 'd/e/', 'build/'].filter((name) => chosen.mayTake(entry(name)))).toEqual(['d/', 'd/e/'])
    expect(chosen.takes(entry('d/'))).toBe(false)
  })

  it('knows at the end what was nowhere; what was excluded is not missed', async () => {
    const chosen = await Selection.of({ only: ['a', 'b', 'c.tmp', 'no/d'], exclude: ['*.tmp', 'no/'] })
    chosen.mayTake(entry('a'))
    expect(chosen.missing).toEqual(['b'])
  })

  it.each(['/etc/passwd', '../up', 'a/../../b'])('refuses %s', async (line) => {
    await expect(Selection.of({ only: [line] })).rejects.toThrow(/leads out of the directory; write paths/)
  })
})

describe('sizes and times', () => {
  it('are of files, from and to inclusive; directories are made for what is in them', async () => {
    const chosen = await Selection.of({ minSize: 10, maxSize: 20, newerThan: HOUR, olderThan: 2 * HOUR })
    const takes = (size: number, hours: number): boolean =>
      chosen.takes(entry('f', { size, mtime: hours * HOUR * 1000 }))
    expect([9, 10, 20, 21].map((size) => takes(size, 1.5))).toEqual([false, true, true, false])
    expect([0.9, 1, 2, 2.1].map((hours) => takes(15, hours))).toEqual([false, true, true, false])
    expect(chosen.takes(entry('d/'))).toBe(false)
    expect(chosen.takes(entry('link', { type: 'symlink' }))).toBe(true)
  })

  it.each([
    { minSize: 2, maxSize: 1 },
    { newerThan: 2, olderThan: 1 },
  ])('%j make no sense', async (options) => {
    await expect(Selection.of(options)).rejects.toMatchObject({ code: 'usage' })
  })
})
