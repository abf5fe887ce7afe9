import type { Entry } from '@ftp/protocol'
import { describe, expect, it } from 'vitest'
import { Selection, type SelectionOptions } from './selection.ts'

const HOUR = 3_600_000

function entry(name: string, fields: Partial<Entry> = {}): Entry {
  const type = name.endsWith('/') ? 'directory' : 'file'
  return { name: name.replace(/\/$/, ''), type, size: 0, mtime: 0, mode: 0o644, ...fields }
}

/** A selection whose lists and ignore files have this content. */
async function selection(options: SelectionOptions, content = ''): Promise<Selection> {
  return await Selection.of(options, async () => content)
}

/** Which of these take part; a directory ends with a slash. */
async function taken(
  options: SelectionOptions,
  names: readonly string[],
  content?: string,
): Promise<readonly string[]> {
  const chosen = await selection(options, content)
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
    const chosen = await selection({ include: ['*.jpg'], exclude: ['build/'] })
    expect(chosen.mayTake(entry('build/'))).toBe(false)
    expect(chosen.mayTake(entry('d/'))).toBe(true)
  })

  it.each(['[', '', '/', '!a', '{a,'])(
    '%j is refused, and the error says how one is written',
    async (glob) => {
      await expect(selection({ include: [glob] })).rejects.toThrow(
        /--include .* or --exclude-from|--include .*'\*\.jpg'/,
      )
    },
  )
})

it('--exclude-from knows the language of .gitignore', async () => {
  const patterns = '# build\n/build/\n*.jpg\n!a.jpg\n'
  expect(await taken({ excludeFrom: 'x' }, TREE, patterns)).toEqual([
    'a.jpg',
    'b.txt',
    'd/',
    'd/a.jpg',
    'd/e/',
    'd/e/c.txt',
  ])
})

describe('--files-from', () => {
  it('takes what is listed, and all of a directory that is', async () => {
    expect(await taken({ filesFrom: '-' }, TREE, './a.jpg\r\n\nd/e/\n')).toEqual([
      'a.jpg',
      'd/e/',
      'd/e/c.txt',
    ])
    expect(await taken({ filesFrom: '-' }, TREE, '.\n')).toEqual(TREE)
    expect(await taken({ filesFrom: '-', null: true }, ['a\nb', 'c'], 'a\nb\0')).toEqual(['a\nb'])
  })

  it('looks only into directories that lead there', async () => {
    const chosen = await selection({ filesFrom: '-' }, 'd/e/c.txt')
    expect(['d/', 'd/e/', 'build/'].filter((name) => chosen.mayTake(entry(name)))).toEqual(['d/', 'd/e/'])
    expect(chosen.takes(entry('d/'))).toBe(false)
  })

  it('knows at the end what was nowhere; what was excluded is not missed', async () => {
    const chosen = await selection({ filesFrom: '-', exclude: ['*.tmp', 'no/'] }, 'a\nb\nc.tmp\nno/d')
    chosen.mayTake(entry('a'))
    expect(chosen.missing).toEqual(['b'])
  })

  it.each(['/etc/passwd', '../up', 'a/../../b'])('refuses %s', async (line) => {
    await expect(selection({ filesFrom: '-' }, line)).rejects.toThrow(/below the tree; write paths/)
  })
})

describe('sizes and times', () => {
  it('are of files, from and to inclusive; directories are made for what is in them', async () => {
    const chosen = await selection({ minSize: 10, maxSize: 20, newerThan: HOUR, olderThan: 2 * HOUR })
    const takes = (size: number, hours: number): boolean =>
      chosen.takes(entry('f', { size, mtime: hours * HOUR * 1000 }))
    expect([9, 10, 20, 21].map((size) => takes(size, 1.5))).toEqual([false, true, true, false])
    expect([0.9, 1, 2, 2.1].map((hours) => takes(15, hours))).toEqual([false, true, true, false])
    expect(chosen.takes(entry('d/'))).toBe(false)
    expect(chosen.takes(entry('link', { type: 'symlink' }))).toBe(true)
  })

  it.each([{ minSize: 2, maxSize: 1 }, { newerThan: 2, olderThan: 1 }, { null: true }])(
    '%j make no sense',
    async (options) => {
      await expect(selection(options)).rejects.toMatchObject({ code: 'bad_request' })
    },
  )
})
