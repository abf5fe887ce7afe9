import { parsePath, TransferError } from '@ftp/protocol'
import { expect, it } from 'vitest'
import { load, type MakeStorage, MTIME, namesIn, store } from './fixture.contract.ts'
import type { Read, Stored, WholeFile } from './storage.ts'

function file(path: string, text: string, fields: Partial<WholeFile> = {}): WholeFile {
  return { path: parsePath(path), bytes: Buffer.from(text), ifExists: 'replace', ...fields }
}

function endOf(stored: Stored | undefined): string {
  if (stored instanceof TransferError) return stored.code
  return stored === undefined ? 'left' : 'stored'
}

function textOf(read: Read): string {
  if (read instanceof TransferError) return read.code
  return read.bytes === undefined ? 'larger' : Buffer.from(read.bytes).toString()
}

/** storeAll and readAll. */
export function describeTogether(make: MakeStorage): void {
  it('files are read together as one by one, told of in their order, whatever becomes of each', async () => {
    await using fixture = make()
    const { storage } = fixture
    await storage.makeDirectory(parsePath('d'), false)
    for (const name of ['a', 'd/b', 'empty']) await store(storage, name, name === 'empty' ? '' : name)
    await store(storage, 'large', 'x'.repeat(11))
    const paths = ['d/b', 'missing', 'd', 'empty', 'large', 'a/b', 'a'].map(parsePath)
    const read = await storage.readAll(paths, new Uint8Array(10))
    const expected = ['d/b', 'not_found', 'is_directory', '', 'larger', 'not_directory', 'a']
    expect(read.map(textOf)).toEqual(expected)
    const { entry, version } = storage.stat(parsePath('d/b'))
    expect(read[0]).toMatchObject({ entry, version })
    expect(read[4]).toMatchObject({ entry: { name: 'large', size: 11 } })
  })

  it('bytes of files that are read together stand one behind the other, of as many as there is room for', async () => {
    await using fixture = make()
    const { storage } = fixture
    for (const name of ['1', '2', '3', '4']) await store(storage, name, name.repeat(5))
    const paths = ['1', '2', 'missing', '3', '4'].map(parsePath)
    const buffer = new Uint8Array(14)
    const read = await storage.readAll(paths, buffer)
    expect(read.map(textOf)).toEqual(['11111', '22222', 'not_found'])
    expect(Buffer.from(buffer).toString()).toBe('1111122222\0\0\0\0')
    expect((await storage.readAll(paths.slice(3), buffer)).map(textOf)).toEqual(['33333', '44444'])
  })

  it('files that come together are stored as one by one, and told of in their order', async () => {
    await using fixture = make()
    const { storage } = fixture
    await storage.makeDirectory(parsePath('d'), false)
    const files = [
      file('a', 'one', { mtime: MTIME, mode: 0o604 }),
      file('d/b', ''),
      file('c', 'three', { ifExists: 'fail' }),
    ]
    const stored = await storage.storeAll(files)
    for (const [index, { path }] of files.entries()) expect(stored[index]).toEqual(storage.stat(path))
    expect(storage.stat(parsePath('a')).entry).toMatchObject({ size: 3, mtime: MTIME, mode: 0o604 })
    expect([await load(storage, 'a'), await load(storage, 'd/b'), await load(storage, 'c')]).toEqual([
      'one',
      '',
      'three',
    ])
    expect(namesIn(storage, '')).toEqual(['a', 'c', 'd'])
  })

  it('one of them that fails or is left keeps no other from being stored, and leaves nothing behind', async () => {
    await using fixture = make()
    const { storage } = fixture
    await storage.makeDirectory(parsePath('d'), false)
    await store(storage, 'old', 'old')
    const refuse = (): never => {
      throw new TransferError('quota', 'no')
    }
    const stored = await storage.storeAll([
      file('no/where', 'x'),
      file('d', 'x'),
      file('old', 'x', { ifExists: 'fail' }),
      file('old', 'x', { ifExists: 'skip' }),
      file('dear', 'x', { onChange: refuse }),
      file('a', 'x'),
    ])
    expect(stored.map(endOf)).toEqual(['not_found', 'is_directory', 'exists', 'left', 'quota', 'stored'])
    expect(namesIn(storage, '')).toEqual(['a', 'd', 'old'])
    expect(await load(storage, 'old')).toBe('old')
  })

  it('of two for one path the later one stays; with fail or rename both are told apart', async () => {
    await using fixture = make()
    const { storage } = fixture
    expect((await storage.storeAll([file('a', '1'), file('a', '2')])).map(endOf)).toEqual([
      'stored',
      'stored',
    ])
    expect(await load(storage, 'a')).toBe('2')
    const rivals = [file('b', '1', { ifExists: 'fail' }), file('b', '2', { ifExists: 'fail' })]
    expect((await storage.storeAll(rivals)).map(endOf)).toEqual(['stored', 'exists'])
    expect(await load(storage, 'b')).toBe('1')
    await storage.storeAll([file('c', '1', { ifExists: 'rename' }), file('c', '2', { ifExists: 'rename' })])
    expect(namesIn(storage, '')).toEqual(['a', 'b', 'c', 'c-1'])
  })

  it('replaces only the version that is to be replaced', async () => {
    await using fixture = make()
    const { storage } = fixture
    await store(storage, 'a', 'old')
    const { version } = storage.stat(parsePath('a'))
    const wanted = [version, version, 'any'].map((ifVersion, index) => file('a', `${index}`, { ifVersion }))
    const stored = await storage.storeAll([...wanted, file('b', 'x', { ifVersion: 'any' })])
    expect(stored.map(endOf)).toEqual(['stored', 'changed', 'stored', 'changed'])
    expect(await load(storage, 'a')).toBe('2')
    expect(namesIn(storage, '')).toEqual(['a'])
  })

  it('waits for the state before names are given, which is an error of each file if it fails', async () => {
    await using fixture = make()
    const { storage } = fixture
    const writable = async (): Promise<never> => {
      expect(namesIn(storage, '')).toEqual([])
      throw new TransferError('busy', 'a backup is running')
    }
    const stored = await storage.storeAll([file('no/where', 'x'), file('a', 'x')], { writable })
    expect(stored.map(endOf)).toEqual(['not_found', 'busy'])
    expect(namesIn(storage, '')).toEqual([])
  })

  it('tells of each change before it is made', async () => {
    await using fixture = make()
    const { storage } = fixture
    await store(storage, 'a', 'four')
    const changes: object[] = []
    const onChange = (change: object): void => void changes.push(change)
    await storage.storeAll([file('a', 'sevenxx', { onChange }), file('b', 'x', { onChange })])
    expect(changes).toEqual([
      { bytes: 3, files: 0 },
      { bytes: 1, files: 1 },
    ])
  })
}
