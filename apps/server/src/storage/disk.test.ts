import { execFileSync } from 'node:child_process'
import fs from 'node:fs'
import { type FileSystem, type Stats, systemFiles } from '@ftp/files'
import { HOME, PARTIAL_PREFIX, parsePath, type RemotePath } from '@ftp/protocol'
import { describe, expect, it } from 'vitest'
import { setMtime } from '../../../../test/support/files.ts'
import { DiskFixture, DiskFolderFixture } from './disk.contract.ts'
import { Disk } from './disk.ts'
import { failureOf, KEY, load, MTIME, namesIn, REPLACE, store } from './fixture.contract.ts'
import { describeStorage } from './storage.contract.ts'

describeStorage('the disk', () => new DiskFixture())
describeStorage('a folder of the disk', () => new DiskFolderFixture())

/** Runs an action as a user whom permission bits stop. */
async function asOrdinaryUser<T>(action: () => T | Promise<T>): Promise<T> {
  const isRoot = process.geteuid?.() === 0
  if (isRoot) process.seteuid?.(65_534)
  try {
    return await action()
  } finally {
    if (isRoot) process.seteuid?.(0)
  }
}

/** The file system, with device numbers that are higher by what `more` says. */
function numbered(more: (stats: Stats) => bigint): FileSystem {
  const renumber = (stats: Stats): Stats =>
    new Proxy(stats, {
      get: (target, key) => (key === 'dev' ? target.dev + more(target) : Reflect.get(target, key)),
    })
  return {
    ...systemFiles,
    lstat: (path) => renumber(systemFiles.lstat(path)),
    fstat: (fd) => renumber(systemFiles.fstat(fd)),
  }
}

function openDescriptors(): number {
  return fs.readdirSync('/proc/self/fd').length
}

describe('the version of a file', () => {
  const changes: readonly [string, (file: string) => void][] = [
    ['a byte written in place', (file) => fs.writeFileSync(file, 'X', { flag: 'r+' })],
    [
      'a byte written in place and the time set back',
      (file) => {
        fs.writeFileSync(file, 'X', { flag: 'r+' })
        setMtime(file, MTIME)
      },
    ],
    ['bytes appended', (file) => fs.appendFileSync(file, 'x')],
    ['bytes cut off', (file) => fs.truncateSync(file, 1)],
    ['a chmod', (file) => fs.chmodSync(file, 0o600)],
    ['another time', (file) => fs.utimesSync(file, 5, 5)],
  ]

  it.each(changes)('changes with %s, and an open file says so', async (_, change) => {
    await using fixture = new DiskFixture()
    await store(fixture.storage, 'f', 'hello', { ifExists: 'fail', mtime: MTIME, mode: 0o644 })
    const before = fixture.storage.stat(parsePath('f'))
    await using file = fixture.storage.open(parsePath('f'))
    change(fixture.at('f'))
    expect(fixture.storage.stat(parsePath('f')).version).not.toBe(before.version)
    expect(await failureOf(() => file.requireUnchanged())).toBe('changed')
  })

  it('is another for another file with the same bytes, time and mode', async () => {
    await using fixture = new DiskFixture()
    await store(fixture.storage, 'f', 'hello', { ifExists: 'fail', mtime: MTIME })
    const { version } = fixture.storage.stat(parsePath('f'))
    execFileSync('cp', ['--preserve=all', fixture.at('f'), fixture.at('copy')])
    fs.renameSync(fixture.at('copy'), fixture.at('f'))
    expect(fixture.storage.stat(parsePath('f')).version).not.toBe(version)
  })

  it('stays when the file system has another number, after a new start or on another machine', async () => {
    await using fixture = new DiskFixture()
    await store(fixture.storage, 'f', 'hello')
    using elsewhere = new Disk(fixture.root, (action) => action(), { fs: numbered(() => 1n) })
    expect(elsewhere.stat(parsePath('f')).version).toBe(fixture.storage.stat(parsePath('f')).version)
  })

  it('is another if the file is on another disk than the root', async () => {
    await using fixture = new DiskFixture()
    await store(fixture.storage, 'f', 'hello')
    const files = numbered((stats) => (stats.isDirectory() ? 0n : 1n))
    using mounted = new Disk(fixture.root, (action) => action(), { fs: files })
    expect(mounted.stat(parsePath('f')).version).not.toBe(fixture.storage.stat(parsePath('f')).version)
  })

  it('a second name for an open file is no change of its content', async () => {
    await using fixture = new DiskFixture()
    await store(fixture.storage, 'f', 'hello')
    await using file = fixture.storage.open(parsePath('f'))
    fs.linkSync(fixture.at('f'), fixture.at('g'))
    file.requireUnchanged()
  })
})

describe('permission bits', () => {
  it('set-user-id, set-group-id and sticky bits are neither shown nor given', async () => {
    await using fixture = new DiskFixture()
    await using partial = fixture.storage.openPartial(parsePath('f'), KEY, 0)
    await partial.commit({ ifExists: 'fail', mode: 0o7755 })
    expect(fs.statSync(fixture.at('f')).mode & 0o7777).toBe(0o755)
    fs.chmodSync(fixture.at('f'), 0o6711)
    expect(fixture.storage.stat(parsePath('f')).entry.mode).toBe(0o711)
  })

  it('a file of mode 000 is listed, and forbidden to open', async () => {
    await using fixture = new DiskFixture()
    fs.chmodSync(fixture.root, 0o777)
    await store(fixture.storage, 'f', 'x', { ifExists: 'fail', mode: 0 })
    expect(fixture.storage.stat(parsePath('f')).entry.mode).toBe(0)
    expect(await asOrdinaryUser(() => failureOf(() => fixture.storage.open(parsePath('f'))))).toBe(
      'forbidden',
    )
  })

  it.each(['000', '444', '555'])('a directory of mode %s is forbidden to what needs more', async (mode) => {
    await using fixture = new DiskFixture()
    const { storage } = fixture
    fs.mkdirSync(fixture.at('d'))
    for (const name of ['d/f', 'd/g', 'e']) fs.writeFileSync(fixture.at(name), '')
    fs.chmodSync(fixture.at('d'), Number.parseInt(mode, 8))
    fs.chmodSync(fixture.root, 0o777)
    const at = (path: string): RemotePath => parsePath(path)
    const refused: Readonly<Record<string, () => unknown>> = {
      openPartial: () => storage.openPartial(at('d/x'), KEY, 1),
      makeDirectory: () => storage.makeDirectory(at('d/x'), false),
      remove: () => storage.remove(at('d/f'), false),
      'remove a tree': () => storage.remove(at('d'), true),
      'move within': () => storage.move(at('d/f'), at('d/g'), 'replace'),
      'move into': () => storage.move(at('e'), at('d/g'), 'replace'),
      ...(mode !== '555' && { list: () => [...storage.list(at('d'))], stat: () => storage.stat(at('d/f')) }),
    }
    await asOrdinaryUser(async () => {
      for (const [method, action] of Object.entries(refused))
        expect(await failureOf(action), method).toBe('forbidden')
    })
    fs.chmodSync(fixture.at('d'), 0o700)
  })
})

describe('descriptors', () => {
  it('none is left open, whatever is refused', async () => {
    await using fixture = new DiskFixture()
    const { storage } = fixture
    await store(storage, 'f', 'x')
    fs.mkdirSync(fixture.at('d'))
    const before = openDescriptors()
    for (const path of ['d/x', 'f/x', 'no/no', 'd/x/y']) {
      const at = parsePath(path)
      await failureOf(() => storage.stat(at))
      await failureOf(() => storage.openPartial(at, KEY, Number.MAX_SAFE_INTEGER))
      await failureOf(() => [...storage.list(at)])
      await failureOf(() => storage.move(at, parsePath('no/x'), 'fail'))
      await failureOf(() => storage.makeDirectory(at, false))
      await failureOf(() => storage.remove(at, false))
    }
    for (const path of ['d', 'f/x', 'no']) await failureOf(() => storage.open(parsePath(path)))
    expect(openDescriptors()).toBe(before)
  })

  it('when there are no more, every method answers busy', async () => {
    let exhausted = false
    await using fixture = new DiskFixture({
      ...systemFiles,
      open(...call) {
        if (exhausted) throw Object.assign(new Error('EMFILE'), { code: 'EMFILE' })
        return systemFiles.open(...call)
      },
    })
    const { storage } = fixture
    const path = parsePath('f')
    exhausted = true
    expect(await failureOf(() => storage.stat(path))).toBe('busy')
    expect(await failureOf(() => [...storage.list(HOME)])).toBe('busy')
    expect(await failureOf(() => storage.open(path))).toBe('busy')
    expect(await failureOf(() => storage.openPartial(path, KEY, 1))).toBe('busy')
    expect(await failureOf(() => storage.makeDirectory(path, false))).toBe('busy')
    expect(await failureOf(() => storage.remove(path, true))).toBe('busy')
    expect(await failureOf(() => storage.move(path, parsePath('g'), 'fail'))).toBe('busy')
  })
})

describe('what others do on the same disk', () => {
  it('a name that is not UTF-8 does not show the file whose name it looks like a second time', async () => {
    await using fixture = new DiskFixture()
    fs.writeFileSync(fixture.at('a\ufffd'), '')
    fs.writeFileSync(Buffer.concat([Buffer.from(fixture.at('a')), Buffer.from([0xff])]), '')
    let unnamable = 0
    const omitted = { unnamable: () => void unnamable++, unreadable: () => {} }
    expect([...fixture.storage.list(HOME, omitted)]).toHaveLength(1)
    expect(unnamable).toBe(1)
  })

  it('a partial of which a second name exists is not built upon: its bytes may be a published file', async () => {
    await using fixture = new DiskFixture()
    await store(fixture.storage, 'f', 'published')
    fs.linkSync(fixture.at('f'), fixture.at(PARTIAL_PREFIX + KEY))
    await using partial = fixture.storage.openPartial(parsePath('f'), KEY, null)
    expect(partial.size).toBe(0)
    await partial.write(Buffer.from('XX'), 0)
    expect(await load(fixture.storage, 'f')).toBe('published')
    await partial.commit(REPLACE)
    expect(await load(fixture.storage, 'f')).toBe('XX')
    expect(fs.readdirSync(fixture.root)).toEqual(['f'])
  })

  it('a partial that is about to be named is not old, though it has the time of its client by then', async () => {
    await using fixture = new DiskFixture()
    const before = Date.now()
    await using partial = fixture.storage.openPartial(parsePath('f'), KEY, 1)
    await partial.write(Buffer.from('x'), 0)
    setMtime(fixture.at(PARTIAL_PREFIX + KEY), MTIME)
    const [found] = fixture.storage.partials(HOME)
    expect(found?.mtime).toBeGreaterThanOrEqual((before - 1_000) * 1_000)
  })

  it('the state folder is not listed', async () => {
    await using fixture = new DiskFixture()
    fs.mkdirSync(fixture.at('.ftp-server'))
    expect(namesIn(fixture.storage, '')).toEqual([])
  })

  it('a root that cannot be opened is a failure with a code', async () => {
    await using fixture = new DiskFixture()
    fs.writeFileSync(fixture.at('file'), '')
    expect(await failureOf(() => new Disk(fixture.at('file'), (action) => action()))).toBe('not_directory')
    expect(await failureOf(() => new Disk(fixture.at('no'), (action) => action()))).toBe('not_found')
  })
})
