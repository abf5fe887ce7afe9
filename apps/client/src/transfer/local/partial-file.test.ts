import fs from 'node:fs'
import type { Entry, IfExists } from '@ftp/protocol'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { mtimeOf, setMtime } from '../../../../../test/support/files.ts'
import { TempDir } from '../../../../../test/support/temp-dir.ts'
import { PartialFile, partialOf } from './partial-file.ts'

const MTIME = 1_600_000_000_123_457
const ENTRY: Entry = { name: 'f', type: 'file', size: 3, mtime: MTIME, mode: 0o644 }

let folder: TempDir
let target: string
beforeEach(() => {
  folder = new TempDir()
  target = folder.at('f')
})
afterEach(() => folder[Symbol.dispose]())

/** Receives a file. @returns the name it has got */
async function receive(
  text: string,
  entry: Partial<Entry> = {},
  ifExists: IfExists = 'replace',
): Promise<string | undefined> {
  using file = new PartialFile(target)
  await file.write(Buffer.from(text), 0)
  return await file.commit({ ...ENTRY, size: text.length, ...entry }, ifExists)
}

function content(): Record<string, string> {
  const names = fs.readdirSync(folder.path)
  return Object.fromEntries(names.map((name) => [name, fs.readFileSync(folder.at(name), 'utf8')]))
}

describe('a file that is received', () => {
  it('has its name only when it is committed, with the time and mode it has on the server', async () => {
    using file = new PartialFile(target)
    await file.write(Buffer.from('new'), 0)
    expect(fs.existsSync(target)).toBe(false)
    await file.commit({ ...ENTRY, mode: 0o751 }, 'fail')
    expect(fs.readFileSync(target, 'utf8')).toBe('new')
    expect(mtimeOf(target)).toBe(MTIME)
    expect(fs.statSync(target).mode & 0o7777).toBe(0o751 & ~process.umask())
  })

  it('keeps to the umask of this user, whatever the server says', async () => {
    const before = process.umask(0o077)
    try {
      await receive('new', { mode: 0o777 })
    } finally {
      process.umask(before)
    }
    expect(fs.statSync(target).mode & 0o777).toBe(0o700)
  })

  it('leaves nothing beside it', async () => {
    await receive('new')
    expect(content()).toEqual({ f: 'new' })
    await receive('', {}, 'replace')
    expect(content()).toEqual({ f: '' })
  })

  it('that is left unfinished keeps its bytes for the next attempt, and an empty one keeps nothing', async () => {
    {
      using file = new PartialFile(target)
      await file.write(Buffer.from('half'), 0)
    }
    expect(content()).toEqual({ 'f.ftp.part': 'half' })
    {
      using file = new PartialFile(target)
      expect(file.size).toBe(4)
      const buffer = Buffer.alloc(10)
      expect(await file.read(buffer, 1)).toBe(3)
      await file.truncate(9)
      expect(file.size).toBe(4)
      await file.truncate(0)
    }
    expect(content()).toEqual({})
  })

  it('is received by one at a time', () => {
    using _ = new PartialFile(target)
    expect(() => new PartialFile(target)).toThrow(expect.objectContaining({ code: 'taken_over' }))
  })

  it('goes where a link points, so that the link stays one', async () => {
    fs.mkdirSync(folder.at('elsewhere'))
    fs.writeFileSync(folder.at('elsewhere', 'real'), 'old')
    fs.symlinkSync('elsewhere/real', target)
    await receive('new')
    expect(fs.lstatSync(target).isSymbolicLink()).toBe(true)
    expect(fs.readFileSync(folder.at('elsewhere', 'real'), 'utf8')).toBe('new')
  })

  it('is not written into a file that its partial is a second name of', async () => {
    fs.writeFileSync(target, 'published')
    fs.linkSync(target, partialOf(target))
    using file = new PartialFile(target)
    expect(file.size).toBe(0)
    await file.write(Buffer.from('XX'), 0)
    expect(fs.readFileSync(target, 'utf8')).toBe('published')
    await file.commit(ENTRY, 'replace')
    expect(content()).toMatchObject({ f: 'XX' })
    expect(fs.existsSync(partialOf(target))).toBe(false)
  })

  it('is not written through a link that somebody put where its partial would be', async () => {
    fs.writeFileSync(folder.at('precious'), 'precious')
    fs.symlinkSync('precious', partialOf(target))
    try {
      await receive('new')
    } catch (error) {
      expect(error).toMatchObject({ code: 'not_file' })
    }
    expect(fs.readFileSync(folder.at('precious'), 'utf8')).toBe('precious')
  })

  it('that cannot fit is refused before its first byte', () => {
    using file = new PartialFile(target)
    file.requireSpace(1)
    expect(() => file.requireSpace(Number.MAX_SAFE_INTEGER)).toThrow(
      expect.objectContaining({ code: 'no_space' }),
    )
  })

  it('has no place in a directory that is not there', () => {
    expect(() => new PartialFile(folder.at('no', 'f'))).toThrow(
      expect.objectContaining({ code: 'not_found' }),
    )
  })
})

describe('where the target exists', () => {
  beforeEach(() => {
    fs.writeFileSync(target, 'old')
    setMtime(target, MTIME)
  })

  it.each<[IfExists, string, number, boolean]>([
    ['replace', 'new', MTIME - 2, true],
    ['skip', 'new', MTIME + 2, false],
    ['newer', 'new', MTIME + 2, true],
    ['newer', 'other', MTIME, false],
    ['different', 'new', MTIME, false],
    ['different', 'other', MTIME, true],
    ['different', 'new', MTIME - 2, true],
  ])('%s, with %s of time %i: replaced is %s', async (ifExists, text, mtime, replaced) => {
    expect(await receive(text, { mtime }, ifExists)).toBe(replaced ? 'f' : undefined)
    expect(content()).toEqual({ f: replaced ? text : 'old' })
  })

  it('fail leaves it, though it may have appeared while the file was received', async () => {
    await expect(receive('new', {}, 'fail')).rejects.toMatchObject({ code: 'exists' })
    expect(content()).toEqual({ f: 'old', 'f.ftp.part': 'new' })
  })

  it('rename leaves it and takes the next free name, whatever has that name', async () => {
    fs.symlinkSync('nowhere', folder.at('f-1'))
    expect(await receive('new', {}, 'rename')).toBe('f-2')
    expect(fs.readFileSync(folder.at('f-2'), 'utf8')).toBe('new')
    expect(fs.readFileSync(target, 'utf8')).toBe('old')
    expect(fs.readdirSync(folder.path).sort()).toEqual(['f', 'f-1', 'f-2'])
  })

  it('a directory is not replaced', async () => {
    fs.rmSync(target)
    fs.mkdirSync(target)
    await expect(receive('new')).rejects.toMatchObject({ code: 'is_directory' })
  })
})

describe('the name of a partial', () => {
  it('is the name of the file and an ending', () => {
    expect(partialOf('/d/file.txt')).toBe('/d/file.txt.ftp.part')
  })

  it.each(['x'.repeat(255), 'é'.repeat(127), 'x'.repeat(247)])(
    'is never too long, and tells long names apart',
    async (name) => {
      target = folder.at(name)
      expect(partialOf(target)).not.toBe(partialOf(`${target.slice(0, -1)}y`))
      await receive('new')
      expect(content()).toEqual({ [name]: 'new' })
    },
  )
})

it('gets its name only while its partial is the file that was verified', async () => {
  using file = new PartialFile(target)
  await file.write(Buffer.from('verified'), 0)
  fs.writeFileSync(folder.at('other'), 'something else')
  fs.renameSync(folder.at('other'), partialOf(target))
  await expect(file.commit({ ...ENTRY, size: 8 }, 'replace')).rejects.toMatchObject({ code: 'changed' })
  expect(fs.existsSync(target)).toBe(false)
})
