import { HOME, LIMITS, parentPath, parsePath } from '@ftp/protocol'
import { expect, it } from 'vitest'
import {
  failureOf,
  KEY,
  load,
  type MakeStorage,
  MTIME,
  namesIn,
  OTHER_KEY,
  REPLACE,
  store,
} from './fixture.contract.ts'

/** makeDirectory, remove and move. */
export function describeTree(make: MakeStorage): void {
  it('makeDirectory makes one, and refuses what is there', async () => {
    await using fixture = make()
    const { storage } = fixture
    await storage.makeDirectory(parsePath('d'), false)
    expect(storage.stat(parsePath('d')).entry.type).toBe('directory')
    expect(storage.find(parsePath('d'))).toEqual(storage.stat(parsePath('d')))
    expect(storage.find(parsePath('d/absent'))).toBeUndefined()
    expect(await failureOf(() => storage.find(parsePath('absent/f')))).toBe('not_found')
    await store(storage, 'f', 'x')
    for (const path of [parsePath('d'), parsePath('f'), HOME])
      expect(await failureOf(() => storage.makeDirectory(path, false))).toBe('exists')
    expect(await load(storage, 'f')).toBe('x')
  })

  it('makeDirectory with parents makes all that are missing, and is content with what is there', async () => {
    await using fixture = make()
    const { storage } = fixture
    await storage.makeDirectory(parsePath('a/b/c'), true)
    await store(storage, 'a/b/c/f', 'x')
    for (const path of ['a/b/c', 'a', 'a/b/d', '']) await storage.makeDirectory(parsePath(path), true)
    expect(namesIn(storage, 'a/b')).toEqual(['c', 'd'])
    expect(await load(storage, 'a/b/c/f')).toBe('x')
    expect(await failureOf(() => storage.makeDirectory(parsePath('a/b/c/f'), true))).toBe('exists')
  })

  it('setAttributes gives a directory a time and permission bits, but takes nothing from its owner', async () => {
    await using fixture = make()
    const { storage } = fixture
    await storage.makeDirectory(parsePath('d/e'), true)
    storage.setAttributes(parsePath('d'), { mtime: MTIME, mode: 0o055 })
    expect(storage.stat(parsePath('d')).entry).toMatchObject({ mtime: MTIME, mode: 0o755 })
    storage.setAttributes(parsePath('d'), { mode: 0o700 })
    expect(storage.stat(parsePath('d')).entry).toMatchObject({ mtime: MTIME, mode: 0o700 })
    expect(namesIn(storage, 'd')).toEqual(['e'])
    expect(await failureOf(async () => storage.setAttributes(parsePath('gone'), {}))).toBe('not_found')
    expect(await failureOf(async () => storage.setAttributes(HOME, { mode: 0 }))).toBe('forbidden')
  })

  it('setAttributes gives a file a time and permission bits, and tells what it was before', async () => {
    await using fixture = make()
    const { storage } = fixture
    await store(storage, 'f', 'x', { ifExists: 'fail', mtime: MTIME })
    const old = storage.stat(parsePath('f'))
    for (const [wanted, mtime, mode] of [
      [{ mode: 0 }, MTIME, 0],
      [{ mode: 0o640 }, MTIME, 0o640],
      [{ mtime: MTIME - 1 }, MTIME - 1, 0o640],
    ] as const) {
      const { before, after } = storage.setAttributes(parsePath('f'), wanted)
      expect(after).toEqual(storage.stat(parsePath('f')))
      expect(after.entry).toEqual({ ...old.entry, mtime, mode })
      expect(after.version).not.toBe(before.version)
    }
    const { before, after } = storage.setAttributes(parsePath('f'), { mtime: MTIME - 1, mode: 0o640 })
    expect(after).toEqual(before)
    expect(await load(storage, 'f')).toBe('x')
  })

  it('remove takes a file and an empty directory', async () => {
    await using fixture = make()
    const { storage } = fixture
    await store(storage, 'f', 'x')
    await storage.makeDirectory(parsePath('d'), false)
    await storage.remove(parsePath('f'), false)
    await storage.remove(parsePath('d'), false)
    expect(namesIn(storage, '')).toEqual([])
  })

  it('remove takes a full directory only with recursive', async () => {
    await using fixture = make()
    const { storage } = fixture
    await storage.makeDirectory(parsePath('d/e/f'), true)
    for (const path of ['d/1', 'd/e/2', 'd/e/f/3', 'keep']) await store(storage, path, path)
    fixture.plantUnnamable('d/e')
    for (const path of ['d', 'd/e']) {
      expect(await failureOf(() => storage.remove(parsePath(path), false))).toBe('not_empty')
    }
    expect(await load(storage, 'd/e/f/3')).toBe('d/e/f/3')
    await storage.remove(parsePath('d'), true)
    expect(namesIn(storage, '')).toEqual(['keep'])
  })

  it('partials alone do not make a directory full', async () => {
    await using fixture = make()
    const { storage } = fixture
    await storage.makeDirectory(parsePath('d'), false)
    await using partial = storage.openPartial(parsePath('d/f'), KEY, null)
    await partial.write(Buffer.from('half'), 0)
    await storage.remove(parsePath('d'), false)
    expect(namesIn(storage, '')).toEqual([])
    expect(await failureOf(() => partial.commit(REPLACE))).toBe('not_found')
  })

  it('a refused remove takes nothing, not even a partial', async () => {
    await using fixture = make()
    const { storage } = fixture
    // Several, because what comes first in a directory is up to the storage.
    for (const name of ['a', 'b', 'c', 'd', 'e', 'f', 'g', 'h']) {
      await storage.makeDirectory(parsePath(name), false)
      const path = parsePath(`${name}/partial`)
      {
        await using partial = storage.openPartial(path, KEY, null)
        await partial.write(Buffer.from('half'), 0)
      }
      await store(storage, `${name}/file-${name}`, 'x')
      expect(await failureOf(() => storage.remove(parsePath(name), false))).toBe('not_empty')
      await using partial = storage.openPartial(path, KEY, null)
      expect(partial.size).toBe(4)
    }
  })

  it('move gives a file and a directory another name, in another directory too', async () => {
    await using fixture = make()
    const { storage } = fixture
    await storage.makeDirectory(parsePath('d/e'), true)
    await store(storage, 'd/e/f', 'x', { ifExists: 'fail', mtime: MTIME })
    expect(await storage.move(parsePath('d/e/f'), parsePath('g'), 'fail')).toBe('g')
    expect(await storage.move(parsePath('d/e'), parsePath('h'), 'fail')).toBe('h')
    expect(namesIn(storage, '')).toEqual(['d', 'g', 'h'])
    expect(namesIn(storage, 'd')).toEqual([])
    expect(storage.stat(parsePath('g')).entry).toMatchObject({ size: 1, mtime: MTIME })
  })

  it.each([
    ['replace', MTIME - 2, true],
    ['skip', MTIME + 2, false],
    ['newer', MTIME + 2, true],
    ['newer', MTIME, false],
    ['different', MTIME, false],
    ['different', MTIME - 2, true],
  ] as const)('move with %s over a file, mtime %i: moved is %s', async (ifExists, mtime, moved) => {
    await using fixture = make()
    const { storage } = fixture
    await store(storage, 'from', 'new', { ifExists: 'fail', mtime })
    await store(storage, 'to', 'old', { ifExists: 'fail', mtime: MTIME })
    expect(await storage.move(parsePath('from'), parsePath('to'), ifExists)).toBe(moved ? 'to' : undefined)
    expect(await load(storage, 'to')).toBe(moved ? 'new' : 'old')
    expect(namesIn(storage, '')).toEqual(moved ? ['to'] : ['from', 'to'])
  })

  it('move with rename leaves what is there and tells the name it gave, to directories too', async () => {
    await using fixture = make()
    const { storage } = fixture
    await store(storage, 'from.txt', 'new')
    await store(storage, 'to.txt', 'old')
    await storage.makeDirectory(parsePath('d'), false)
    expect(await storage.move(parsePath('from.txt'), parsePath('to.txt'), 'rename')).toBe('to-1.txt')
    expect(await storage.move(parsePath('d'), parsePath('to.txt'), 'rename')).toBe('to-2.txt')
    expect([await load(storage, 'to.txt'), await load(storage, 'to-1.txt')]).toEqual(['old', 'new'])
    expect(namesIn(storage, '')).toEqual(['to-1.txt', 'to-2.txt', 'to.txt'])
  })

  it('moves nothing if the number that `rename` adds makes the path too long', async () => {
    await using fixture = make()
    const { storage } = fixture
    const to = parsePath(`${'d'.repeat(250)}/`.repeat(17).slice(0, LIMITS.path))
    await storage.makeDirectory(to, true)
    await storage.makeDirectory(parsePath('from'), false)
    expect(await failureOf(() => storage.move(parsePath('from'), to, 'rename'))).toBe('name')
    expect(storage.stat(parsePath('from')).entry.type).toBe('directory')
    let top = to
    while (top.length > 1) top = parentPath(top)
    await storage.remove(top, true)
  })

  it('a removal and a move of one version change no other', async () => {
    await using fixture = make()
    const { storage } = fixture
    const path = parsePath('f')
    await store(storage, 'f', 'old')
    const { version: ifVersion } = storage.stat(path)
    await store(storage, 'f', 'new', { ifExists: 'replace' })
    expect(await failureOf(() => storage.remove(path, false, { ifVersion }))).toBe('changed')
    expect(await failureOf(() => storage.move(path, parsePath('g'), 'fail', { ifVersion }))).toBe('changed')
    expect(namesIn(storage, '')).toEqual(['f'])
    const { version } = storage.stat(path)
    expect(await storage.move(path, parsePath('g'), 'fail', { ifVersion: version })).toBe('g')
    const moved = storage.stat(parsePath('g'))
    await storage.remove(parsePath('g'), false, { ifVersion: moved.version })
    expect(namesIn(storage, '')).toEqual([])
  })

  it('a directory of another version is not removed', async () => {
    await using fixture = make()
    const { storage } = fixture
    const path = parsePath('d')
    await storage.makeDirectory(path, false)
    expect(await failureOf(() => storage.remove(path, true, { ifVersion: 'other' }))).toBe('changed')
    await storage.remove(path, true, { ifVersion: storage.stat(path).version })
    expect(namesIn(storage, '')).toEqual([])
  })

  it('move with fail leaves an existing target as it is', async () => {
    await using fixture = make()
    const { storage } = fixture
    await store(storage, 'from', 'new')
    await store(storage, 'to', 'old')
    expect(await failureOf(() => storage.move(parsePath('from'), parsePath('to'), 'fail'))).toBe('exists')
    expect([await load(storage, 'from'), await load(storage, 'to')]).toEqual(['new', 'old'])
  })

  it('move neither replaces a directory nor puts one in the place of a file', async () => {
    await using fixture = make()
    const { storage } = fixture
    await store(storage, 'f', 'x')
    for (const name of ['d', 'e']) await storage.makeDirectory(parsePath(name), false)
    for (const [from, to] of [
      ['f', 'd'],
      ['d', 'f'],
      ['d', 'e'],
    ] as const)
      expect(await failureOf(() => storage.move(parsePath(from), parsePath(to), 'replace'))).toBe('exists')
    expect(namesIn(storage, '')).toEqual(['d', 'e', 'f'])
  })

  it('move to the same path is done, into itself it is refused', async () => {
    await using fixture = make()
    const { storage } = fixture
    await storage.makeDirectory(parsePath('d/e'), true)
    expect(await storage.move(parsePath('d'), parsePath('d'), 'fail')).toBe('d')
    expect(await failureOf(() => storage.move(parsePath('d'), parsePath('d/x'), 'fail'))).toBe('bad_request')
    expect(await failureOf(() => storage.move(parsePath('d'), parsePath('d/e/x'), 'replace'))).toBe(
      'bad_request',
    )
    expect(await storage.move(parsePath('d'), parsePath('dx'), 'fail')).toBe('dx')
    expect(namesIn(storage, 'dx')).toEqual(['e'])
  })

  it('the home can be neither removed nor moved nor replaced', async () => {
    await using fixture = make()
    const { storage } = fixture
    await store(storage, 'f', 'x')
    await using partial = storage.openPartial(parsePath('g'), OTHER_KEY, null)
    expect(await failureOf(() => storage.remove(HOME, true))).toBe('forbidden')
    expect(await failureOf(() => storage.move(HOME, parsePath('h'), 'fail'))).toBe('forbidden')
    expect(await failureOf(() => storage.move(parsePath('f'), HOME, 'replace'))).toBe('forbidden')
    expect(partial.size).toBe(0)
    expect(await load(storage, 'f')).toBe('x')
  })
}
