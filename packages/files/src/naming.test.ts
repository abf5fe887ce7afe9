import fs from 'node:fs'
import fc from 'fast-check'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { foldingFiles, stubbornFiles } from '../../../test/support/folding-files.ts'
import { TempDir } from '../../../test/support/temp-dir.ts'
import { type FileSystem, systemFiles } from './file-system.ts'
import type { Folder } from './folder.ts'
import { spellingByPath, windowsNameProblem } from './naming.ts'
import { requireOwnSpelling, respell } from './spelling.ts'

let temp: TempDir
const folderOn = (files: FileSystem): Folder => ({ fs: files, self: temp.path, at: (name) => temp.at(name) })

beforeEach(() => {
  temp = new TempDir()
})
afterEach(() => temp[Symbol.dispose]())

describe('Names on Windows', () => {
  /** A folder in which these files have these aliases. */
  function aliases(names: Readonly<Record<string, string>>): Pick<FileSystem, 'find' | 'spelling'> {
    const nameOf = (name: string): string | undefined =>
      names[name.toUpperCase()] ??
      Object.values(names).find((each) => each.toUpperCase() === name.toUpperCase())
    const found = systemFiles.lstat(import.meta.dirname)
    return {
      find: (path) => (nameOf(path.split('/').at(-1) ?? '') === undefined ? undefined : found),
      spelling: (_, name) => nameOf(name) ?? name,
    }
  }
  const there = aliases({ 'FTP-SE~1': '.ftp-server', 'LONGNA~1.TXT': 'long name.txt', 'REAL~1': 'Real~1' })
  const problem = (name: string): string | undefined => windowsNameProblem(there, 'C:/srv', name)

  it('lead neither out of their folder nor to something else', () => {
    const parts = fc.constantFrom(
      '..',
      '.',
      '\\',
      '/',
      ':',
      'C',
      'x',
      'CON',
      'nul',
      ' ',
      '~1',
      'FTP-SE',
      '$DATA',
      '.txt',
    )
    fc.assert(
      fc.property(fc.array(parts, { minLength: 1, maxLength: 5 }), (chosen) => {
        const name = chosen.join('')
        if (problem(name) !== undefined) return
        expect(name).not.toMatch(/[\\:<>"|?*]|[. ]$/)
        expect(name).not.toMatch(/^(con|nul) *(\..*)?$/i)
        expect(name).not.toMatch(/^[^.~]{1,6}~1(\.[^.]{0,3})?$/)
      }),
      { numRuns: 2_000 },
    )
  })

  it.each(['FTP-SE~1', 'ftp-se~1', 'LONGNA~1.TXT', 'longna~1.txt'])(
    '%s is refused, because it is an alias',
    (alias) => expect(problem(alias)).toMatch('alias'),
  )

  it('that nothing has are refused if they may become aliases', () => {
    for (const name of ['FTP-PA~1', '_FTP~XGV', 'A~1.B', 'a~123456'])
      expect(problem(name), name).toMatch('alias')
  })

  it('with a tilde are allowed if they belong to a file or cannot be aliases', () => {
    const names = [
      'Real~1',
      'real~1',
      '~$report.doc',
      'notes.txt~',
      'a long name~1.txt',
      'x~1.html',
      '~',
      'a~b~c~d~e',
    ]
    for (const name of names) expect(problem(name), name).toBeUndefined()
  })
})

describe('Where a file system folds names', () => {
  it.each([
    ['Same.txt', 'same.txt'],
    ['é', 'e\u0301'],
    ['Straße', 'STRASSE'],
  ])('a file %s is listed under its own name', (name, other) => {
    fs.writeFileSync(temp.at(name), '')
    expect(foldingFiles.spelling(temp.path, name)).toBe(name)
    if (name !== 'Straße') {
      expect(foldingFiles.spelling(temp.path, other)).toBe(name)
      expect(() => requireOwnSpelling(folderOn(foldingFiles), other)).toThrow(
        /exists, and its file system takes/,
      )
    }
    expect(() => requireOwnSpelling(folderOn(foldingFiles), name)).not.toThrow()
    expect(foldingFiles.spelling(temp.path, 'nothing')).toBe('nothing')
  })

  it.each([
    ['changes', foldingFiles],
    ['does not change', stubbornFiles],
  ])('a name gets another spelling, even if a rename %s it', (_, files) => {
    fs.writeFileSync(temp.at('Same.txt'), 'content')
    respell(folderOn(files), 'Same.txt', 'same.TXT')
    expect(fs.readdirSync(temp.path)).toEqual(['same.TXT'])
    expect(fs.readFileSync(temp.at('same.TXT'), 'utf8')).toBe('content')
  })

  it('the name that a new spelling needs for a moment is left alone', () => {
    for (const name of ['a', 'A.renamed']) fs.writeFileSync(temp.at(name), name)
    expect(() => respell(folderOn(stubbornFiles), 'a', 'A')).toThrow(
      expect.objectContaining({ code: 'EEXIST' }),
    )
    expect(fs.readdirSync(temp.path).sort()).toEqual(['A.renamed', 'a'])
  })
})

it('where the system reports paths, a link is listed under its own name', () => {
  fs.mkdirSync(temp.at('Target'))
  fs.symlinkSync('Target', temp.at('Link'))
  const realpath = (path: string): string =>
    temp.at(foldingFiles.spelling(temp.path, path.slice(temp.path.length + 1)))
  const spelling = (name: string): string => spellingByPath(foldingFiles, temp.path, name, realpath)
  expect(['Link', 'link', 'Target', 'TARGET', 'none'].map(spelling)).toEqual([
    ...['Link', 'Link', 'Target', 'Target', 'none'],
  ])
})

it('where names are told apart, each is its own, even if two of them are one file', () => {
  fs.writeFileSync(temp.at('same'), '')
  fs.linkSync(temp.at('same'), temp.at('SAME'))
  for (const name of ['same', 'SAME', 'Same']) expect(systemFiles.spelling(temp.path, name)).toBe(name)
})
