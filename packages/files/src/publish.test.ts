import fs from 'node:fs'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { foldingFiles } from '../../../test/support/folding-files.ts'
import { TempDir } from '../../../test/support/temp-dir.ts'
import { type FileSystem, systemFiles } from './file-system.ts'
import type { Folder } from './folder.ts'
import { publish } from './publish.ts'

let folder: TempDir
let here: Folder
let link: FileSystem['link']

beforeEach(() => {
  folder = new TempDir()
  link = systemFiles.link
  const files: FileSystem = { ...systemFiles, link: (from, to) => link(from, to) }
  here = { fs: files, self: folder.path, at: (name) => folder.at(name) }
  fs.writeFileSync(folder.at('hidden'), 'new')
})
afterEach(() => folder[Symbol.dispose]())

function failing(errno: string): () => never {
  return () => {
    throw Object.assign(new Error(errno), { code: errno })
  }
}

function content(): Record<string, string> {
  const names = fs.readdirSync(folder.path)
  return Object.fromEntries(names.map((name) => [name, fs.readFileSync(folder.at(name), 'utf8')]))
}

describe('where the file system has no hard links', () => {
  it.each(['EPERM', 'ENOTSUP', 'EOPNOTSUPP', 'ENOSYS', 'EMLINK'])(
    '%s: a file is renamed to a name that is free',
    (errno) => {
      link = failing(errno)
      expect(publish(here, folder.at('hidden'), 'f', 'fail')).toBe('f')
      expect(content()).toEqual({ f: 'new' })
    },
  )

  it('fail still leaves an existing file, and a link that leads nowhere', () => {
    link = failing('EPERM')
    fs.writeFileSync(folder.at('f'), 'old')
    expect(() => publish(here, folder.at('hidden'), 'f', 'fail')).toThrow(
      expect.objectContaining({ code: 'EEXIST' }),
    )
    expect(content()).toEqual({ f: 'old', hidden: 'new' })
    fs.symlinkSync('nowhere', folder.at('link'))
    expect(() => publish(here, folder.at('hidden'), 'link', 'fail')).toThrow(
      expect.objectContaining({ code: 'EEXIST' }),
    )
  })
})

describe('where the target appears after the policy was decided', () => {
  function appearing(text: string): void {
    link = () => {
      link = systemFiles.link
      fs.writeFileSync(folder.at('f'), text)
      failing('EEXIST')()
    }
  }

  it('skip leaves it', () => {
    appearing('theirs')
    expect(publish(here, folder.at('hidden'), 'f', 'skip')).toBe(undefined)
    expect(content()).toEqual({ f: 'theirs', hidden: 'new' })
  })

  it('different decides again, about what is there now', () => {
    appearing('longer than ours')
    expect(publish(here, folder.at('hidden'), 'f', 'different')).toBe('f')
    expect(content()).toEqual({ f: 'new' })
  })

  it('rename gives the next name', () => {
    appearing('theirs')
    expect(publish(here, folder.at('hidden'), 'f', 'rename')).toBe('f-1')
    expect(content()).toEqual({ f: 'theirs', 'f-1': 'new' })
  })

  it('fail fails', () => {
    appearing('theirs')
    expect(() => publish(here, folder.at('hidden'), 'f', 'fail')).toThrow(
      expect.objectContaining({ code: 'EEXIST' }),
    )
    expect(content()).toEqual({ f: 'theirs', hidden: 'new' })
  })
})

it.each(['ENOSPC', 'EIO', 'EROFS', 'EACCES'])('%s is no reason to try without links', (errno) => {
  link = failing(errno)
  expect(() => publish(here, folder.at('hidden'), 'f', 'fail')).toThrow(
    expect.objectContaining({ code: errno }),
  )
  expect(content()).toEqual({ hidden: 'new' })
})

describe('where the file system folds names', () => {
  beforeEach(() => {
    here = { ...here, fs: foldingFiles }
    fs.writeFileSync(folder.at('Same'), 'old')
  })

  it.each(['replace', 'skip', 'newer', 'different', 'fail'] as const)(
    '%s takes no file for one whose name is spelled in another way',
    (ifExists) => {
      fs.utimesSync(folder.at('Same'), 1, 1)
      expect(() => publish(here, folder.at('hidden'), 'same', ifExists)).toThrow(
        expect.objectContaining({ code: expect.stringMatching(/^(exists|EEXIST)$/) }),
      )
      expect(content()).toEqual({ Same: 'old', hidden: 'new' })
    },
  )

  it('rename gives another name', () => {
    expect(publish(here, folder.at('hidden'), 'same', 'rename')).toBe('same-1')
    expect(content()).toEqual({ Same: 'old', 'same-1': 'new' })
  })

  it('a file of the same spelling is replaced', () => {
    expect(publish(here, folder.at('hidden'), 'Same', 'replace')).toBe('Same')
    expect(content()).toEqual({ Same: 'new' })
  })
})
