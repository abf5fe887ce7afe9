import fs from 'node:fs'
import type { DatabaseSync } from 'node:sqlite'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { TempDir } from '../../../../test/support/temp-dir.ts'
import { openDatabase } from '../databases/sqlite/database.ts'
import { Quotas } from '../databases/sqlite/quotas.ts'
import { type OpenStorage, openStorage } from '../open-storage.ts'
import type { Storage } from '../storage/storage.ts'
import { countHome } from './count-home.ts'

const FILES = 600
const NO_LIMIT = { bytes: undefined, files: undefined }

let folder: TempDir
let database: DatabaseSync
let opened: OpenStorage
let quotas: Quotas
/** Of another thread, which does not wait for anybody. */
let others: DatabaseSync
beforeEach(() => {
  folder = new TempDir()
  const home = folder.folder('root', 'ada', 'd')
  for (let index = 0; index < FILES; index++) fs.writeFileSync(`${home}/${index}`, 'x')
  database = openDatabase(folder.at('state.db'))
  others = openDatabase(folder.at('state.db'))
  others.exec('PRAGMA busy_timeout = 0')
  opened = openStorage(folder.at('root'), database)
  quotas = new Quotas(database)
})
afterEach(() => {
  opened[Symbol.dispose]()
  database.close()
  others.close()
  folder[Symbol.dispose]()
})

/** The storage, in which something happens whenever a directory is listed. */
function busyStorage(happens: () => void): Storage {
  const wrap = (storage: Storage): Storage =>
    new Proxy(storage, {
      get(target, property) {
        if (property === 'below') return (path: never) => wrap(target.below(path))
        if (property === 'list')
          return (...args: Parameters<Storage['list']>) => {
            happens()
            return target.list(...args)
          }
        const value: unknown = Reflect.get(target, property)
        return typeof value === 'function' ? value.bind(target) : value
      },
    })
  return wrap(opened.storage)
}

describe('a count', () => {
  it('is exact where nothing changes', async () => {
    const { uploads, storage } = opened
    expect(await countHome({ quotas, uploads, storage }, 'ada')).toMatchObject({
      isExact: true,
      files: FILES,
    })
    expect(quotas.usage('ada')).toEqual({ bytes: FILES, files: FILES })
  })

  it('of a home in which something always changes ends, holds up nobody who writes, and is never too low', async () => {
    const theirs = new Quotas(others)
    let files = FILES
    const storage = busyStorage(() => {
      // Stored before it was counted, so the count sees it too.
      fs.writeFileSync(folder.at('root', 'ada', 'd', `new ${files}`), 'xyz')
      files++
      theirs.changeWithin('ada/d/new', { bytes: 3, files: 1 }, 'ada', NO_LIMIT)
    })
    const { uploads } = opened
    expect(await countHome({ quotas, uploads, storage }, 'ada')).toMatchObject({ isExact: false })
    const used = quotas.usage('ada')
    expect(used?.files).toBeGreaterThanOrEqual(files)
    // No more than what came during the last of the counts is there twice.
    expect(used?.files).toBeLessThanOrEqual(files + 2)

    expect(await countHome({ quotas, uploads, storage: opened.storage }, 'ada')).toMatchObject({
      isExact: true,
    })
    expect(quotas.usage('ada')?.files).toBe(files)
  })

  it('that was forgotten meanwhile is made again', async () => {
    const storage = busyStorage(() => new Quotas(others).forget('ada'))
    await countHome({ quotas, uploads: opened.uploads, storage }, 'ada')
    expect(quotas.usage('ada')).toEqual({ bytes: FILES, files: FILES })
  })
})
