import fs from 'node:fs'
import { parsePath } from '@ftp/protocol'
import { expect, it } from 'vitest'
import { TempDir } from '../../../test/support/temp-dir.ts'
import { openDatabase } from './databases/sqlite/database.ts'
import { Quotas } from './databases/sqlite/quotas.ts'
import { openStorage } from './open-storage.ts'

it('a partial that cannot be measured is logged, keeps its space, and stops neither other records nor a start', () => {
  using folder = new TempDir()
  for (const name of ['a', 'b', 'c']) folder.folder('root', name)
  using database = openDatabase(folder.at('state.db'))
  const logged: object[] = []
  const log = { warn: (fields: object) => logged.push(fields) }
  using opened = openStorage(folder.at('root'), database, { thread: 1, log })
  const { uploads } = opened
  for (const key of ['a', 'b', 'c']) {
    uploads.begin({ key, directory: key, name: 'f', account: 'ada', length: 10 })
    uploads.reserve(key, { bytes: 10, files: 1 })
    fs.writeFileSync(folder.at('root', key, `.ftp-part-${key}`), 'xyz')
  }
  fs.renameSync(folder.at('root', 'b'), folder.at('elsewhere'))
  fs.symlinkSync(folder.at('elsewhere'), folder.at('root', 'b'))

  uploads.end('b')
  uploads.endAll()
  expect(logged).toMatchObject([{ key: 'b', directory: 'b' }])
  const quotas = new Quotas(database)
  quotas.counted('', { bytes: 0, files: 0 }, quotas.beginCount(''))
  expect(quotas.usage('')).toEqual({ bytes: 16, files: 3 })

  uploads.check('')
  expect(quotas.usage('')).toEqual({ bytes: 16, files: 3 })
  fs.unlinkSync(folder.at('root', 'b'))
  uploads.check('')
  expect(quotas.usage('')).toEqual({ bytes: 6, files: 2 })
})

it('files that have their names when the transaction around them fails are stored, and so their outcomes say', async () => {
  using folder = new TempDir()
  folder.folder('root')
  using database = openDatabase(folder.at('state.db'))
  // SQLite checks a deferred foreign key when it commits.
  database.exec(`CREATE TABLE parents (id INTEGER PRIMARY KEY);
    CREATE TABLE children (parent REFERENCES parents DEFERRABLE INITIALLY DEFERRED)`)
  using opened = openStorage(folder.at('root'), database, { thread: 1 })
  const { storage } = opened
  const onChange = (): void => database.exec('INSERT INTO children VALUES (1)')
  const file = { bytes: Buffer.from('x'), ifExists: 'replace', onChange } as const
  const stored = await storage.storeAll([
    { ...file, path: parsePath('a') },
    { ...file, path: parsePath('no/b') },
    { ...file, path: parsePath('c') },
  ])
  expect(stored).toMatchObject([{ entry: { name: 'a' } }, { code: 'not_found' }, { entry: { name: 'c' } }])
  await using partial = storage.openPartial(parsePath('d'), 'key', 1)
  await partial.write(Buffer.from('x'), 0)
  expect(await partial.commit({ ifExists: 'replace' }, onChange)).toMatchObject({ entry: { name: 'd' } })
  expect(fs.readdirSync(folder.at('root')).sort()).toEqual(['a', 'c', 'd'])
  expect(database.isTransaction).toBe(false)
  expect(database.prepare('SELECT * FROM children').all()).toEqual([])
})

it('files that cannot get their names because no transaction can begin are refused one by one', async () => {
  using folder = new TempDir()
  folder.folder('root')
  using database = openDatabase(folder.at('state.db'))
  database.exec('PRAGMA busy_timeout = 0')
  using opened = openStorage(folder.at('root'), database, { thread: 1 })
  using other = openDatabase(folder.at('state.db'))
  other.exec('BEGIN IMMEDIATE')
  const file = { bytes: Buffer.from('x'), ifExists: 'replace' } as const
  const stored = await opened.storage.storeAll(['a', 'b'].map((name) => ({ ...file, path: parsePath(name) })))
  other.exec('ROLLBACK')
  expect(stored).toMatchObject([{ code: 'busy' }, { code: 'busy' }])
  expect(fs.readdirSync(folder.at('root'))).toEqual([])
})
