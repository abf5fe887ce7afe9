import { spawnSync } from 'node:child_process'
import fs from 'node:fs'
import net from 'node:net'
import { PARTIAL_PREFIX, parsePath, type RemotePath } from '@ftp/protocol'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { treeOf } from '../../../../test/support/files.ts'
import { TempDir } from '../../../../test/support/temp-dir.ts'
import { Disk } from './disk.ts'
import { entries, failureOf, KEY, load, REPLACE } from './fixture.contract.ts'

let folder: TempDir
let disk: Disk
let outside: Record<string, string>

beforeEach(() => {
  folder = new TempDir()
  folder.folder('outside', 'deep')
  fs.writeFileSync(folder.at('outside', 'secret'), 'secret')
  outside = treeOf(folder.at('outside'))
  folder.folder('root')
  fs.writeFileSync(folder.at('root', 'file'), 'inside')
  disk = new Disk(folder.at('root'), (action) => action())
})
afterEach(() => {
  expect(treeOf(folder.at('outside'))).toEqual(outside)
  disk[Symbol.dispose]()
  folder[Symbol.dispose]()
})

describe('a symbolic link in the middle of a path', () => {
  const through: Readonly<Record<string, (path: RemotePath) => unknown>> = {
    stat: (path) => disk.stat(path),
    list: (path) => [...disk.list(path)],
    open: (path) => disk.open(path),
    openPartial: (path) => disk.openPartial(path, KEY, 1),
    makeDirectory: (path) => disk.makeDirectory(path, false),
    'makeDirectory with parents': (path) => disk.makeDirectory(path, true),
    setAttributes: (path) => disk.setAttributes(path, { mode: 0 }),
    remove: (path) => disk.remove(path, true),
    'move from': (path) => disk.move(path, parsePath('stolen'), 'replace'),
    'move to': (path) => disk.move(parsePath('file'), path, 'replace'),
  }

  it.each(Object.entries(through))('is forbidden to %s', async (_, action) => {
    fs.symlinkSync('../outside', folder.at('root', 'relative'))
    fs.symlinkSync(folder.at('outside'), folder.at('root', 'absolute'))
    fs.symlinkSync('.', folder.at('root', 'inside'))
    for (const path of ['relative/secret', 'relative/deep', 'relative/new', 'absolute/secret', 'inside/file'])
      expect(await failureOf(() => action(parsePath(path))), path).toBe('forbidden')
  })
})

describe('a symbolic link at the end of a path', () => {
  const LINKS = ['to-file', 'to-directory', 'to-nothing']
  beforeEach(() => {
    fs.symlinkSync('../outside/secret', folder.at('root', 'to-file'))
    fs.symlinkSync('../outside', folder.at('root', 'to-directory'))
    fs.symlinkSync('../outside/new', folder.at('root', 'to-nothing'))
  })

  it('is shown as a link, of which the target tells nothing', () => {
    for (const link of LINKS)
      expect(disk.stat(parsePath(link)).entry).toMatchObject({ type: 'symlink', size: 0 })
    const links = entries(disk, '').filter(({ type }) => type === 'symlink')
    expect(links.map(({ name }) => name)).toEqual([...LINKS].sort())
  })

  it('is neither read, changed, listed nor made', async () => {
    for (const link of LINKS) {
      expect(await failureOf(() => disk.open(parsePath(link)))).toBe('not_file')
      expect(await failureOf(() => disk.setAttributes(parsePath(link), { mode: 0 }))).toBe('not_file')
      expect(await failureOf(() => [...disk.list(parsePath(link))])).toBe('forbidden')
      expect(await failureOf(() => disk.makeDirectory(parsePath(link), false))).toBe('exists')
      expect(await failureOf(() => disk.makeDirectory(parsePath(link), true))).toBe('exists')
    }
  })

  it('is removed and moved itself, and never replaced', async () => {
    await using partial = disk.openPartial(parsePath('to-file'), KEY, null)
    await partial.write(Buffer.from('new'), 0)
    expect(await failureOf(() => partial.commit(REPLACE))).toBe('not_file')
    await partial.discard()
    expect(await failureOf(() => disk.move(parsePath('file'), parsePath('to-file'), 'replace'))).toBe(
      'not_file',
    )
    expect(fs.readlinkSync(folder.at('root', 'to-file'))).toBe('../outside/secret')
    expect(await disk.move(parsePath('to-nothing'), parsePath('moved'), 'fail')).toBe('moved')
    await disk.remove(parsePath('moved'), false)
    await disk.remove(parsePath('to-directory'), true)
    expect(fs.readdirSync(folder.at('root')).sort()).toEqual(['file', 'to-file'])
  })

  it('is removed with its tree, and its target stays', async () => {
    fs.mkdirSync(folder.at('root', 'tree'))
    fs.symlinkSync('../../outside', folder.at('root', 'tree', 'link'))
    await disk.remove(parsePath('tree'), true)
    expect(fs.existsSync(folder.at('root', 'tree'))).toBe(false)
  })

  it('that stands where a partial would is not written through', async () => {
    fs.symlinkSync('../outside/secret', folder.at('root', PARTIAL_PREFIX + KEY))
    await using partial = disk.openPartial(parsePath('f'), KEY, null)
    await partial.write(Buffer.from('new'), 0)
    await partial.commit(REPLACE)
    expect(await load(disk, 'f')).toBe('new')
  })
})

describe('a pipe, a socket and a device', () => {
  async function plant(): Promise<string[]> {
    const kinds = ['pipe', 'socket']
    expect(spawnSync('mkfifo', [folder.at('root', 'pipe')]).status).toBe(0)
    const server = net.createServer().listen(folder.at('root', 'socket'))
    await new Promise((resolve) => server.once('listening', resolve))
    fs.renameSync(folder.at('root', 'socket'), folder.at('root', 'kept'))
    server.close()
    fs.renameSync(folder.at('root', 'kept'), folder.at('root', 'socket'))
    // Only root can make one.
    const made = spawnSync('mknod', [folder.at('root', 'device'), 'c', '1', '5']).status === 0
    return made ? [...kinds, 'device'] : kinds
  }

  it('are answered at once: they are no files to read', async () => {
    for (const kind of await plant()) {
      expect(disk.stat(parsePath(kind)).entry).toMatchObject({ type: 'other', size: 0 })
      expect(await failureOf(() => disk.open(parsePath(kind))), kind).toBe('not_file')
      expect(await failureOf(() => disk.setAttributes(parsePath(kind), { mode: 0 })), kind).toBe('not_file')
      expect(await failureOf(() => [...disk.list(parsePath(kind))]), kind).toBe('not_directory')
      expect(await failureOf(() => disk.stat(parsePath(`${kind}/x`))), kind).toBe('not_directory')
    }
  })

  it('are removed and moved like files, and never replaced', async () => {
    for (const kind of await plant()) {
      expect(await disk.move(parsePath(kind), parsePath('moved'), 'fail')).toBe('moved')
      await using partial = disk.openPartial(parsePath('moved'), KEY, null)
      expect(await failureOf(() => partial.commit(REPLACE)), kind).toBe('not_file')
      await partial.discard()
      expect(disk.stat(parsePath('moved')).entry.type).toBe('other')
      await disk.remove(parsePath('moved'), false)
    }
  })

  it('where a partial would stand, give way to one', async () => {
    await plant()
    fs.renameSync(folder.at('root', 'pipe'), folder.at('root', PARTIAL_PREFIX + KEY))
    await using partial = disk.openPartial(parsePath('f'), KEY, null)
    await partial.write(Buffer.from('new'), 0)
    await partial.commit(REPLACE)
    expect(await load(disk, 'f')).toBe('new')
  })
})

describe('a directory that is renamed while a partial in it is open', () => {
  it('takes the file with it, although a link to the outside has its old name', async () => {
    await disk.makeDirectory(parsePath('d'), false)
    await using partial = disk.openPartial(parsePath('d/f'), KEY, null)
    await partial.write(Buffer.from('half'), 0)
    fs.renameSync(folder.at('root', 'd'), folder.at('root', 'away'))
    fs.symlinkSync('../outside', folder.at('root', 'd'))
    await partial.write(Buffer.from(' and half'), 4)
    await partial.commit(REPLACE)
    expect(await load(disk, 'away/f')).toBe('half and half')
    expect(await failureOf(() => disk.stat(parsePath('d/f')))).toBe('forbidden')
  })

  it('is listed to its end', async () => {
    await disk.makeDirectory(parsePath('d'), false)
    for (const name of ['a', 'b', 'c']) fs.writeFileSync(folder.at('root', 'd', name), '')
    const listed: string[] = []
    for (const { name } of disk.list(parsePath('d'))) {
      if (listed.length === 0) {
        fs.renameSync(folder.at('root', 'd'), folder.at('root', 'away'))
        fs.symlinkSync('../outside', folder.at('root', 'd'))
      }
      listed.push(name)
    }
    expect(listed.sort()).toEqual(['a', 'b', 'c'])
  })
})
