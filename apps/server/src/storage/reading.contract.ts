import { HOME, parsePath } from '@ftp/protocol'
import { expect, it, vi } from 'vitest'
import {
  entries,
  failureOf,
  KEY,
  type MakeStorage,
  MTIME,
  namesIn,
  OTHER_KEY,
  store,
} from './fixture.contract.ts'

const HOUR_MS = 3_600_000

/** stat, list and open. */
export function describeReading(make: MakeStorage): void {
  it('stat describes the home, a directory and a file', async () => {
    await using fixture = make()
    const { storage } = fixture
    await storage.makeDirectory(parsePath('d'), false)
    await store(storage, 'd/f', 'hello', { ifExists: 'fail', mtime: MTIME, mode: 0o640 })
    expect(storage.stat(HOME).entry).toMatchObject({ name: '', type: 'directory', size: 0 })
    expect(storage.stat(parsePath('d')).entry).toMatchObject({ name: 'd', type: 'directory', size: 0 })
    expect(storage.stat(parsePath('d/f')).entry).toEqual({
      name: 'f',
      type: 'file',
      size: 5,
      mtime: MTIME,
      mode: 0o640,
    })
  })

  it('tells how many bytes are free', async () => {
    await using fixture = make()
    const free = fixture.storage.freeBytes()
    expect(Number.isSafeInteger(free) && free >= 0).toBe(true)
    expect(await failureOf(() => fixture.storage.below(parsePath('nowhere')).freeBytes())).toBe('not_found')
  })

  it('a version is opaque text of at most 200 characters, the same until the file changes', async () => {
    await using fixture = make()
    const { storage } = fixture
    const path = parsePath('f')
    await store(storage, 'f', 'one', { ifExists: 'replace', mtime: MTIME })
    const { version } = storage.stat(path)
    expect(version.length).toBeLessThanOrEqual(200)
    expect(storage.stat(path).version).toBe(version)
    await store(storage, 'f', 'two', { ifExists: 'replace', mtime: MTIME })
    expect(storage.stat(path).version).not.toBe(version)
  })

  it.each([0, 1, -1, -1_000_001, 4_102_444_800_000_000])(
    'the time %i is kept to the microsecond',
    async (mtime) => {
      await using fixture = make()
      await store(fixture.storage, 'f', 'x', { ifExists: 'fail', mtime })
      expect(fixture.storage.stat(parsePath('f')).entry.mtime).toBe(mtime)
    },
  )

  it('list gives what stat says of each entry, and nothing of a directory that is empty', async () => {
    await using fixture = make()
    const { storage } = fixture
    await storage.makeDirectory(parsePath('d'), false)
    await store(storage, 'f', 'hello')
    expect(entries(storage, 'd')).toEqual([])
    expect(entries(storage, '')).toEqual([
      storage.stat(parsePath('d')).entry,
      storage.stat(parsePath('f')).entry,
    ])
  })

  it('list shows no partial, and is not confused when it is left early', async () => {
    await using fixture = make()
    const { storage } = fixture
    await using partial = storage.openPartial(parsePath('f'), KEY, null)
    await partial.write(Buffer.from('half'), 0)
    await store(storage, 'g', '')
    expect(namesIn(storage, '')).toEqual(['g'])
    for (const _ of storage.list(HOME)) break
    expect(namesIn(storage, '')).toEqual(['g'])
  })

  it('list counts each name that no path can hold, once, and shows none of them', async () => {
    await using fixture = make()
    const { storage } = fixture
    await storage.makeDirectory(parsePath('d'), false)
    await store(storage, 'd/good', '')
    const planted = fixture.plantUnnamable('d')
    let counted = 0
    const omitted = { unnamable: () => void counted++, unreadable: () => {} }
    const listed = [...storage.list(parsePath('d'), omitted)].map(({ name }) => name)
    expect({ listed, counted }).toEqual({ listed: ['good'], counted: planted })
  })

  it('open reads any part of a file, and less where the file ends', async () => {
    await using fixture = make()
    await store(fixture.storage, 'f', '0123456789')
    await using file = fixture.storage.open(parsePath('f'))
    expect(file.entry).toEqual(fixture.storage.stat(parsePath('f')).entry)
    expect(file.version).toBe(fixture.storage.stat(parsePath('f')).version)
    const buffer = Buffer.alloc(4)
    expect(await file.read(buffer, 3)).toBe(4)
    expect(buffer.toString()).toBe('3456')
    expect(await file.read(buffer, 8)).toBe(2)
    expect(await file.read(buffer, 10)).toBe(0)
    expect(await file.read(buffer, 1_000)).toBe(0)
  })

  it('an open file is read to its end as the version that was opened, though it is replaced or removed', async () => {
    await using fixture = make()
    const { storage } = fixture
    for (const displace of [() => store(storage, 'f', 'new'), () => storage.remove(parsePath('f'), false)]) {
      await store(storage, 'f', 'old')
      await using file = storage.open(parsePath('f'))
      await displace()
      const buffer = Buffer.alloc(3)
      await file.read(buffer, 0)
      expect(buffer.toString()).toBe('old')
      file.requireUnchanged()
    }
  })

  it('a file is settled when it has been left alone, not when it was just written', async () => {
    await using fixture = make()
    const { storage } = fixture
    await store(storage, 'f', 'x', { ifExists: 'fail', mtime: MTIME })
    await using fresh = storage.open(parsePath('f'))
    expect(fresh.settled).toBe(false)
    const readAll = async (): Promise<unknown> => await storage.readAll([parsePath('f')], new Uint8Array(1))
    expect(await readAll()).toMatchObject([{ settled: false }])
    vi.useFakeTimers({ toFake: ['Date'], now: Date.now() + HOUR_MS })
    try {
      await using old = storage.open(parsePath('f'))
      expect(old.settled).toBe(true)
      expect(await readAll()).toMatchObject([{ settled: true }])
    } finally {
      vi.useRealTimers()
    }
  })

  it('what is absent is not_found for every method', async () => {
    await using fixture = make()
    const { storage } = fixture
    for (const path of [parsePath('no'), parsePath('no/no')]) {
      expect(await failureOf(() => storage.stat(path)), 'stat').toBe('not_found')
      expect(await failureOf(() => [...storage.list(path)]), 'list').toBe('not_found')
      expect(await failureOf(() => storage.open(path)), 'open').toBe('not_found')
      expect(await failureOf(() => storage.setAttributes(path, {})), 'setAttributes').toBe('not_found')
      expect(await failureOf(() => storage.remove(path, true)), 'remove').toBe('not_found')
      expect(await failureOf(() => storage.remove(path, false)), 'remove').toBe('not_found')
      expect(await failureOf(() => storage.move(path, parsePath('to'), 'fail')), 'move').toBe('not_found')
      expect(await failureOf(() => storage.move(path, path, 'fail')), 'move to itself').toBe('not_found')
    }
    await store(storage, 'f', 'x')
    const deep = parsePath('no/no')
    expect(await failureOf(() => storage.openPartial(deep, OTHER_KEY, 1)), 'openPartial').toBe('not_found')
    expect(await failureOf(() => storage.makeDirectory(deep, false)), 'makeDirectory').toBe('not_found')
    expect(await failureOf(() => storage.move(parsePath('f'), deep, 'fail')), 'move').toBe('not_found')
  })

  it('a path through a file is not_directory for every method', async () => {
    await using fixture = make()
    const { storage } = fixture
    await store(storage, 'f', 'x')
    const path = parsePath('f/x')
    expect(await failureOf(() => storage.stat(path)), 'stat').toBe('not_directory')
    expect(await failureOf(() => [...storage.list(path)]), 'list').toBe('not_directory')
    expect(await failureOf(() => [...storage.list(parsePath('f'))]), 'list').toBe('not_directory')
    expect(await failureOf(() => storage.open(path)), 'open').toBe('not_directory')
    expect(await failureOf(() => storage.openPartial(path, KEY, 1)), 'openPartial').toBe('not_directory')
    expect(await failureOf(() => storage.makeDirectory(path, true)), 'makeDirectory').toBe('not_directory')
    expect(await failureOf(() => storage.setAttributes(path, {})), 'setAttributes').toBe('not_directory')
    expect(await failureOf(() => storage.remove(path, true)), 'remove').toBe('not_directory')
    expect(await failureOf(() => storage.move(path, parsePath('to'), 'fail')), 'move').toBe('not_directory')
  })

  it('a directory is no file to open', async () => {
    await using fixture = make()
    await fixture.storage.makeDirectory(parsePath('d'), false)
    expect(await failureOf(() => fixture.storage.open(parsePath('d')))).toBe('is_directory')
    expect(await failureOf(() => fixture.storage.open(HOME))).toBe('is_directory')
  })
}
