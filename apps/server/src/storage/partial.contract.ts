import { HOME, IF_EXISTS, type IfExists, parsePath } from '@ftp/protocol'
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

const PATH = parsePath('f')

/** Existing file, offered file, and whether a policy replaces it: sizes in bytes, times in microseconds. */
const DECISIONS: readonly [IfExists, string, number, string, number, boolean][] = [
  ['replace', 'old', MTIME, 'new', MTIME - 2, true],
  ['skip', 'old', MTIME, 'newer', MTIME + 2, false],
  ['newer', 'old', MTIME, 'new', MTIME + 2, true],
  ['newer', 'old', MTIME, 'other', MTIME, false],
  ['newer', 'old', MTIME, 'other', MTIME - 2, false],
  ['different', 'old', MTIME, 'new', MTIME, false],
  ['different', 'old', MTIME, 'longer', MTIME, true],
  ['different', 'old', MTIME, 'new', MTIME - 2, true],
]

/** openPartial and the life of a partial. */
export function describePartials(make: MakeStorage): void {
  it('a partial is invisible until its commit, and then it is the file', async () => {
    await using fixture = make()
    const { storage } = fixture
    await using partial = storage.openPartial(PATH, KEY, 5)
    await partial.write(Buffer.from('hello'), 0)
    expect(namesIn(storage, '')).toEqual([])
    expect(await failureOf(() => storage.stat(PATH))).toBe('not_found')
    const status = await partial.commit({ ifExists: 'fail', mtime: MTIME, mode: 0o604 })
    expect(status?.entry).toEqual({ name: 'f', type: 'file', size: 5, mtime: MTIME, mode: 0o604 })
    expect(storage.stat(PATH)).toEqual(status)
    expect(await load(storage, 'f')).toBe('hello')
  })

  it('a partial that is closed is there again under its key, with all its bytes', async () => {
    await using fixture = make()
    const { storage } = fixture
    {
      await using partial = storage.openPartial(PATH, KEY, null)
      await partial.write(Buffer.from('half'), 0)
    }
    await using other = storage.openPartial(PATH, OTHER_KEY, null)
    expect(other.size).toBe(0)
    await using partial = storage.openPartial(PATH, KEY, null)
    expect(partial.size).toBe(4)
    const buffer = Buffer.alloc(10)
    expect(await partial.read(buffer, 1)).toBe(3)
    expect(buffer.subarray(0, 3).toString()).toBe('alf')
  })

  it('write puts bytes at their offset, truncate drops those behind', async () => {
    await using fixture = make()
    await using partial = fixture.storage.openPartial(PATH, KEY, null)
    await partial.write(Buffer.from('abcdef'), 0)
    await partial.write(Buffer.from('XY'), 2)
    expect(partial.size).toBe(6)
    await partial.truncate(5)
    expect(partial.size).toBe(5)
    await partial.write(Buffer.from('!'), 5)
    await partial.commit(REPLACE)
    expect(await load(fixture.storage, 'f')).toBe('abXYe!')
  })

  it('an empty file, and one without a time and a mode, can be committed', async () => {
    await using fixture = make()
    const before = Date.now() * 1000
    await using partial = fixture.storage.openPartial(PATH, KEY, 0)
    const status = await partial.commit({ ifExists: 'fail' })
    expect(status?.entry).toMatchObject({ size: 0, type: 'file' })
    expect(status?.entry.mtime).toBeGreaterThanOrEqual(before)
  })

  it('discard leaves nothing to continue', async () => {
    await using fixture = make()
    {
      await using partial = fixture.storage.openPartial(PATH, KEY, null)
      await partial.write(Buffer.from('half'), 0)
      await partial.discard()
    }
    await using again = fixture.storage.openPartial(PATH, KEY, null)
    expect(again.size).toBe(0)
  })

  it.each(IF_EXISTS)('%s creates a file that does not exist', async (ifExists) => {
    await using fixture = make()
    await store(fixture.storage, 'f', 'new', { ifExists, mtime: MTIME })
    expect(await load(fixture.storage, 'f')).toBe('new')
  })

  it.each(DECISIONS)('%s: %s of %i, then %s of %i: replaced is %s', async (...decision) => {
    const [ifExists, old, oldTime, fresh, freshTime, replaced] = decision
    await using fixture = make()
    const { storage } = fixture
    await store(storage, 'f', old, { ifExists: 'fail', mtime: oldTime })
    await using partial = storage.openPartial(PATH, KEY, fresh.length)
    await partial.write(Buffer.from(fresh), 0)
    const status = await partial.commit({ ifExists, mtime: freshTime })
    expect(status !== undefined).toBe(replaced)
    expect(await load(storage, 'f')).toBe(replaced ? fresh : old)
    await using again = storage.openPartial(PATH, KEY, null)
    expect(again.size).toBe(0)
  })

  it('fail leaves an existing file as it is', async () => {
    await using fixture = make()
    await store(fixture.storage, 'f', 'old')
    await using partial = fixture.storage.openPartial(PATH, KEY, 3)
    await partial.write(Buffer.from('new'), 0)
    expect(await failureOf(() => partial.commit({ ifExists: 'fail' }))).toBe('exists')
    expect(await load(fixture.storage, 'f')).toBe('old')
  })

  it('of many commits at once that must not replace, one wins', async () => {
    await using fixture = make()
    const { storage } = fixture
    const ends = Array.from({ length: 20 }, async (_, index) => {
      await using partial = storage.openPartial(PATH, index.toString(16).padStart(32, '0'), null)
      await partial.write(Buffer.from(`number ${index}`), 0)
      const end = await failureOf(() => partial.commit({ ifExists: 'fail' }))
      return end === 'no failure' ? `number ${index}` : end
    })
    const won = (await Promise.all(ends)).filter((end) => end !== 'exists')
    expect(won).toHaveLength(1)
    expect(await load(storage, 'f')).toBe(won[0])
    expect(namesIn(storage, '')).toEqual(['f'])
  })

  it('of many commits at once that may have other names, each has one of its own', async () => {
    await using fixture = make()
    const { storage } = fixture
    await store(storage, 'f', 'old')
    const ends = Array.from({ length: 20 }, async (_, index) => {
      await using partial = storage.openPartial(PATH, index.toString(16).padStart(32, '0'), null)
      await partial.write(Buffer.from(`number ${index}`), 0)
      const name = (await partial.commit({ ifExists: 'rename' }))?.entry.name ?? ''
      expect(await load(storage, name)).toBe(`number ${index}`)
      return name
    })
    const names = (await Promise.all(ends)).sort()
    expect(names).toEqual(Array.from({ length: 20 }, (_, index) => `f-${index + 1}`).sort())
    expect([namesIn(storage, ''), await load(storage, 'f')]).toEqual([['f', ...names], 'old'])
  })

  it('a commit that is to replace one version replaces no other', async () => {
    await using fixture = make()
    const { storage } = fixture
    const commit = async (ifVersion: string, text: string): Promise<string> => {
      await using partial = storage.openPartial(PATH, KEY, null)
      await partial.truncate(0)
      await partial.write(Buffer.from(text), 0)
      return await failureOf(() => partial.commit({ ifExists: 'replace', ifVersion }))
    }
    expect(await commit('any', 'first')).toBe('changed')
    await store(storage, 'f', 'old')
    const { version } = storage.stat(PATH)
    expect(await commit(version, 'first')).toBe('no failure')
    expect(await commit(version, 'second')).toBe('changed')
    expect(await load(storage, 'f')).toBe('first')
    expect(await commit('any', 'third')).toBe('no failure')
    expect(await load(storage, 'f')).toBe('third')
  })

  it('a partial has another version after each change', async () => {
    await using fixture = make()
    await using partial = fixture.storage.openPartial(PATH, KEY, null)
    const versions = [partial.version]
    await partial.write(Buffer.from('abc'), 0)
    versions.push(partial.version)
    await partial.truncate(1)
    versions.push(partial.version)
    expect(new Set(versions).size).toBe(3)
    expect(partial.version).toBe(versions[2])
  })

  it('a gap that the disk could not fill is refused', async () => {
    await using fixture = make()
    await using partial = fixture.storage.openPartial(PATH, KEY, null)
    await partial.write(Buffer.from('abc'), 0)
    const far = 2 ** 50
    expect(await failureOf(() => partial.truncate(far))).toBe('no_space')
    expect(await failureOf(() => partial.write(Buffer.from('x'), far))).toBe('no_space')
    expect(partial.size).toBe(3)
  })

  it('a directory is never replaced, whenever it appeared', async () => {
    await using fixture = make()
    const { storage } = fixture
    await using early = storage.openPartial(PATH, KEY, 1)
    await storage.makeDirectory(PATH, false)
    expect(await failureOf(() => storage.openPartial(HOME, OTHER_KEY, 1))).toBe('is_directory')
    expect(await failureOf(() => early.commit(REPLACE))).toBe('is_directory')
    expect(await failureOf(() => early.commit({ ifExists: 'fail' }))).toBe('exists')
    expect(storage.stat(PATH).entry.type).toBe('directory')
  })

  it('a file that cannot fit is refused before its first byte, and leaves nothing', async () => {
    await using fixture = make()
    const { storage } = fixture
    await storage.makeDirectory(parsePath('d'), false)
    const path = parsePath('d/f')
    expect(await failureOf(() => storage.openPartial(path, KEY, Number.MAX_SAFE_INTEGER))).toBe('no_space')
    expect(namesIn(storage, 'd')).toEqual([])
    await storage.remove(parsePath('d'), false)
  })
}
