import fs from 'node:fs'
import { type FileSystem, systemFiles, windowsNameProblem } from '@ftp/files'
import { HOME, parsePath, STATE_NAME, TransferError } from '@ftp/protocol'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { foldingFiles, stubbornFiles } from '../../../../test/support/folding-files.ts'
import { DiskFixture } from './disk.contract.ts'
import { failureOf, KEY, load, namesIn, REPLACE, store } from './fixture.contract.ts'

let fixture: DiskFixture
afterEach(async () => await fixture[Symbol.asyncDispose]())

/** Stores files in one request. @returns the code of each failure */
async function storeTogether(names: readonly string[]): Promise<(string | undefined)[]> {
  const files = names.map((name) => ({ path: parsePath(name), bytes: Buffer.from(name), ...REPLACE }))
  const stored = await fixture.storage.storeAll(files)
  return stored.map((one) => (one instanceof TransferError ? one.code : undefined))
}

describe.each([
  ['keeps the spelling of names', foldingFiles],
  ['keeps it even if a name is respelled', stubbornFiles],
])('A disk that folds names and %s', (_, files) => {
  beforeEach(() => {
    fixture = new DiskFixture(files)
  })

  it('P-7.11: never takes a file for another one whose name is spelled in another way', async () => {
    const { storage } = fixture
    expect(await storeTogether(['Same', 'same', 'é', 'e\u0301'])).toEqual([
      undefined,
      'exists',
      undefined,
      'exists',
    ])
    await using partial = storage.openPartial(parsePath('sAME'), KEY, null)
    await partial.write(Buffer.from('other'), 0)
    expect(await failureOf(() => partial.commit(REPLACE))).toBe('exists')
    await partial.discard()
    expect(await load(storage, 'Same')).toBe('Same')
    expect(namesIn(storage, '')).toEqual(['Same', 'é'])
    await store(storage, 'Same', 'new')
    expect(await load(storage, 'same')).toBe('new')
  })

  it('P-7.11: gives a file and a directory another spelling of their names', async () => {
    const { storage } = fixture
    await store(storage, 'big.bin', 'content')
    await storage.makeDirectory(parsePath('dir'), false)
    expect(await storage.move(parsePath('big.bin'), parsePath('BIG.bin'), 'fail')).toBe('BIG.bin')
    expect(await storage.move(parsePath('dir'), parsePath('Dir'), 'fail')).toBe('Dir')
    expect(namesIn(storage, '')).toEqual(['BIG.bin', 'Dir'])
    expect(await load(storage, 'BIG.bin')).toBe('content')
  })

  it('moves nothing onto a file whose name is spelled in another way', async () => {
    const { storage } = fixture
    await store(storage, 'a', 'a')
    await store(storage, 'B', 'B')
    for (const policy of ['fail', 'replace', 'skip'] as const)
      expect(await failureOf(() => storage.move(parsePath('a'), parsePath('b'), policy))).toBe('exists')
    expect(namesIn(storage, '')).toEqual(['B', 'a'])
  })

  it('makes no directory where there is one whose name is spelled in another way, but finds it on the way', async () => {
    const { storage } = fixture
    await storage.makeDirectory(parsePath('dir'), true)
    await storage.makeDirectory(parsePath('dir'), true)
    expect(await failureOf(() => storage.makeDirectory(parsePath('DIR'), true))).toBe('exists')
    await storage.makeDirectory(parsePath('DIR/below'), true)
    expect(fs.readdirSync(fixture.at('dir'))).toEqual(['below'])
  })
})

describe('A disk of Windows', () => {
  const alias = 'FTP-SE~1'
  const files: FileSystem = {
    ...systemFiles,
    spelling: (folder, name) => (name === alias ? STATE_NAME : systemFiles.spelling(folder, name)),
    nameProblem: (folder, name) => windowsNameProblem(files, folder, name),
  }
  beforeEach(() => {
    fixture = new DiskFixture(files)
    // As if it were one folder under two names.
    for (const name of [STATE_NAME, alias]) {
      fs.mkdirSync(fixture.at(name))
      fs.writeFileSync(fixture.at(name, 'identity.pem'), 'key')
    }
  })

  it.each(['..\\evil', 'C:evil', 'file:stream', 'nul', 'x.', `${alias}/identity.pem`, alias, 'FTP-PA~1'])(
    'P-7.10: neither reads nor stores %s',
    async (name) => {
      const { storage } = fixture
      const path = parsePath(name)
      for (const action of [
        () => storage.stat(path),
        () => storage.open(path),
        () => storage.openPartial(path, KEY, null),
        () => storage.makeDirectory(path, true),
        () => storage.remove(path, true),
        () => storage.setAttributes(path, { mtime: 0 }),
        () => storage.move(path, parsePath('away'), 'replace'),
        () => storage.move(parsePath('here'), path, 'replace'),
      ])
        expect(await failureOf(async () => action())).toMatch(/^(name|not_found)$/)
      expect(await storeTogether([name])).toEqual(['name'])
      expect(fs.readdirSync(fixture.at(STATE_NAME))).toEqual(['identity.pem'])
    },
  )

  it('does not list what nobody can ask for', async () => {
    for (const name of ['good', 'file:stream']) fs.writeFileSync(fixture.at(name), '')
    const unnamable: string[] = []
    const listed = [
      ...fixture.storage.list(HOME, { unnamable: (name) => unnamable.push(name), unreadable() {} }),
    ]
    expect(listed.map(({ name }) => name)).toEqual(['good'])
    expect(unnamable.toSorted()).toEqual([alias, 'file:stream'])
  })
})
