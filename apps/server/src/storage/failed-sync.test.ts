import { type FileSystem, systemFiles } from '@ftp/files'
import { HOME, IF_EXISTS, parsePath } from '@ftp/protocol'
import { beforeEach, expect, it } from 'vitest'
import { DiskFixture } from './disk.contract.ts'
import { failureOf, KEY, load, REPLACE, store } from './fixture.contract.ts'

/** What each fsync(2) from now on fails with; without an entry it succeeds. */
const failures: (string | undefined)[] = []
const failing: FileSystem = {
  ...systemFiles,
  async fsync(fd) {
    const code = failures.shift()
    if (code !== undefined) throw Object.assign(new Error(code), { code })
    await systemFiles.fsync(fd)
  },
}

beforeEach(() => {
  failures.length = 0
})

it.each(IF_EXISTS)(
  '%s: after a failed fsync of the file nothing is published and nothing is built upon',
  async (ifExists) => {
    await using fixture = new DiskFixture(failing)
    await using partial = fixture.storage.openPartial(parsePath('f'), KEY, null)
    await partial.write(Buffer.from('lost'), 0)
    failures.push('EIO')
    expect(await failureOf(() => partial.commit({ ifExists }))).toBe('io')
    expect([...fixture.storage.list(HOME)]).toEqual([])
    await using again = fixture.storage.openPartial(parsePath('f'), KEY, null)
    expect(again.size).toBe(0)
  },
)

it.each(['ENOSPC', 'EDQUOT', 'EIO'])('fsync: %s leaves the old file', async (errno) => {
  await using fixture = new DiskFixture(failing)
  await store(fixture.storage, 'f', 'old')
  await using partial = fixture.storage.openPartial(parsePath('f'), KEY, null)
  await partial.write(Buffer.from('new'), 0)
  failures.push(errno)
  expect(await failureOf(() => partial.commit(REPLACE))).not.toBe('no failure')
  expect(await load(fixture.storage, 'f')).toBe('old')
})

it('a failed fsync of the directory is told: the name may be lost', async () => {
  await using fixture = new DiskFixture(failing)
  const { storage } = fixture
  await using partial = storage.openPartial(parsePath('f'), KEY, null)
  failures.push(undefined, 'EIO')
  expect(await failureOf(() => partial.commit(REPLACE))).toBe('io')
  for (const action of [
    () => storage.makeDirectory(parsePath('d'), false),
    () => storage.move(parsePath('f'), parsePath('g'), 'fail'),
    () => storage.remove(parsePath('g'), false),
  ]) {
    failures.push('EIO')
    expect(await failureOf(action)).toBe('io')
  }
})

it.each(['EINVAL', 'ENOTSUP'])(
  'a file system that cannot sync directories, and says %s, is no failure',
  async (errno) => {
    await using fixture = new DiskFixture(failing)
    await using partial = fixture.storage.openPartial(parsePath('f'), KEY, null)
    await partial.write(Buffer.from('kept'), 0)
    failures.push(undefined, errno)
    expect(await failureOf(() => partial.commit(REPLACE))).toBe('no failure')
    expect(await load(fixture.storage, 'f')).toBe('kept')
  },
)
