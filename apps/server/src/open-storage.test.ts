import fs from 'node:fs'
import { expect, it } from 'vitest'
import { TempDir } from '../../../test/support/temp-dir.ts'
import { openStorage } from './open-storage.ts'
import { openDatabase } from './state/database.ts'
import { Quotas } from './state/quotas.ts'

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
