import fs from 'node:fs'
import os from 'node:os'
import path from 'node:path'
import type { DatabaseSync } from 'node:sqlite'
import { TransferError } from '@ftp/protocol'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import type { SpaceLimit } from '../../state/quotas.ts'
import { openDatabase } from './database.ts'
import { beginUsage, endUsage, forgetUsage } from './quota-upkeep.ts'
import { Quotas } from './quotas.ts'
import { exclusively } from './transaction.ts'
import { disownUploads, UploadRecords } from './uploads.ts'

let folder: string
let database: DatabaseSync
let quotas: Quotas

const LIMIT: SpaceLimit = { bytes: 100, files: 3 }
const NONE: SpaceLimit = { bytes: undefined, files: undefined }

beforeEach(() => {
  folder = fs.mkdtempSync(path.join(os.tmpdir(), 'ftx-'))
  database = openDatabase(path.join(folder, 'state.db'))
  beginUsage(database)
  quotas = new Quotas(database)
  disk = new Map()
  uploads = records(1)
  countAs('ada', 0, 0)
})
afterEach(() => {
  database.close()
  fs.rmSync(folder, { recursive: true })
})

function countAs(home: string, bytes: number, files: number): void {
  expect(quotas.counted(home, { bytes, files }, quotas.beginCount(home))).toBe(true)
}

/** Sizes of partials on the disk, by their keys. */
let disk: Map<string, number>
let uploads: UploadRecords

function records(thread: number): UploadRecords {
  return new UploadRecords(database, thread, ({ key }) => disk.get(key))
}

function reserve(key: string, bytes: number, limit = LIMIT, by = uploads): string {
  try {
    by.exclusively(() => {
      by.begin({ key, directory: 'ada', name: key, account: 'ada', length: bytes })
      by.reserve(key, { bytes, files: 1 })
      quotas.requireWithin('ada', limit)
    })
    return 'ok'
  } catch (error) {
    return TransferError.from(error).code
  }
}

describe('a reservation', () => {
  it('takes room until its upload ends without anything', () => {
    expect([reserve('a', 60), reserve('b', 41)]).toEqual(['ok', 'quota'])
    expect(quotas.usage('ada')).toEqual({ bytes: 60, files: 1 })
    expect(reserve('b', 40)).toBe('ok')
    uploads.end('a')
    expect(quotas.usage('ada')).toEqual({ bytes: 40, files: 1 })
  })

  it('grows, and stays as it was where it cannot', () => {
    reserve('a', 50)
    expect([reserve('a', 100), reserve('a', 101)]).toEqual(['ok', 'quota'])
    expect(quotas.usage('ada')).toEqual({ bytes: 100, files: 1 })
  })

  it('counts files as well as bytes, each where it is limited', () => {
    expect(['a', 'b', 'c', 'd'].map((key) => reserve(key, 1))).toEqual(['ok', 'ok', 'ok', 'quota'])
    expect(reserve('d', 1_000, NONE)).toBe('ok')
    expect(reserve('e', 1_000, { bytes: undefined, files: 10 })).toBe('ok')
  })

  it('becomes a file in the same moment, or nothing has happened', () => {
    const settle = (key: string, bytes: number): void =>
      exclusively(database, () => {
        expect(uploads.published(key)).toBe(`ada/${key}`)
        quotas.changeWithin(`ada/${key}`, { bytes, files: 1 }, 'ada', LIMIT)
      })
    reserve('a', 60)
    settle('a', 60)
    expect(quotas.usage('ada')).toEqual({ bytes: 60, files: 1 })
    reserve('b', 40)
    expect(() => settle('b', 41)).toThrow(/may store 100 B, and this would make it/)
    expect(quotas.usage('ada')).toEqual({ bytes: 100, files: 2 })
    expect(uploads.of('ada', 'ada')).toMatchObject([{ name: 'b', running: true }])
  })

  it('to less than there is already is never refused for what gets smaller', () => {
    countAs('ada', 500, 2)
    quotas.changeWithin('ada/a', { bytes: -100, files: 0 }, 'ada', LIMIT)
    expect(quotas.usage('ada')).toEqual({ bytes: 400, files: 2 })
  })
})

describe('an interrupted upload', () => {
  it('takes what its partial holds, and one file, even if that is empty', () => {
    reserve('a', 60)
    disk.set('a', 25)
    uploads.end('a')
    expect(quotas.usage('ada')).toEqual({ bytes: 25, files: 1 })
    expect(reserve('a', 60)).toBe('ok')
    expect(quotas.usage('ada')).toEqual({ bytes: 60, files: 1 })
    disk.set('a', 0)
    uploads.end('a')
    expect(quotas.usage('ada')).toEqual({ bytes: 0, files: 1 })
  })

  it('takes nothing once its partial has been removed; a running one keeps what it has reserved', () => {
    reserve('a', 10)
    reserve('b', 10)
    disk.set('a', 10)
    uploads.end('a')
    disk.clear()
    for (const key of ['a', 'b', 'unknown']) uploads.removed(key)
    expect(quotas.usage('ada')).toEqual({ bytes: 10, files: 1 })
    uploads.end('b')
    expect(quotas.usage('ada')).toEqual({ bytes: 0, files: 0 })
  })

  it('is looked at again after other programs have been there', () => {
    for (const key of ['a', 'b', 'c']) {
      reserve(key, 10)
      disk.set(key, 10)
      if (key !== 'c') uploads.end(key)
    }
    disk.delete('a')
    disk.set('b', 4)
    disk.delete('c')
    uploads.check('other')
    expect(quotas.usage('ada')).toEqual({ bytes: 30, files: 3 })
    uploads.check('ada')
    expect(quotas.usage('ada')).toEqual({ bytes: 14, files: 2 })
  })

  it('goes where its directory goes, into another home too, and is named by where it is', () => {
    countAs('ben', 0, 0)
    reserve('a', 10)
    uploads.moved('ada', 'ben/ada')
    expect([quotas.usage('ada')?.bytes, quotas.usage('ben')?.bytes]).toEqual([0, 10])
    expect(uploads.of('ada', 'ada')).toEqual([])
    expect(uploads.of('ada', 'ben')).toMatchObject([{ directory: 'ben/ada', name: 'a', running: true }])
    expect(uploads.published('a')).toBe('ben/ada/a')
    expect(uploads.of('ada', 'ben')).toEqual([])
    reserve('a', 10)
    uploads.moved('ada', 'ben/ada')
    expect(reserve('a', 20)).toBe('ok')
    expect([quotas.usage('ada')?.bytes, quotas.usage('ben')?.bytes]).toEqual([20, 20])
  })

  it('is found without a record once, and belongs to nobody until it is continued', () => {
    disk.set('a', 7)
    for (let times = 0; times < 2; times++) uploads.adopt({ key: 'a', directory: 'ada' }, 5)
    uploads.adopt({ key: 'gone', directory: 'ada' }, 5)
    expect(quotas.usage('ada')).toEqual({ bytes: 7, files: 1 })
    expect(uploads.of('ada', '')).toEqual([])
    reserve('a', 9)
    expect(uploads.of('ada', '')).toMatchObject([{ key: 'a', name: 'a', began: 5, length: 9 }])
    disownUploads(database, 'ada')
    expect(uploads.of('ada', '')).toEqual([])
  })
})

describe('a home', () => {
  it('counts all that is below it, for whomever, and nothing else', () => {
    countAs('', 0, 0)
    countAs('ada/inner', 0, 0)
    quotas.change('ada/inner/f', { bytes: 1, files: 1 })
    quotas.change('ada/f', { bytes: 10, files: 1 })
    quotas.change('adam/f', { bytes: 100, files: 1 })
    expect(quotas.usage('ada/inner')).toEqual({ bytes: 1, files: 1 })
    expect(quotas.usage('ada')).toEqual({ bytes: 11, files: 2 })
    expect(quotas.usage('')).toEqual({ bytes: 111, files: 3 })
    expect(quotas.enclosing('ada/inner/f')).toEqual(['', 'ada', 'ada/inner'])
    expect(quotas.enclosing('adam/f')).toEqual([''])
  })

  it('is counted again when something has changed meanwhile', () => {
    const changes = quotas.beginCount('ada')
    quotas.change('ada/f', { bytes: 10, files: 1 })
    expect(quotas.counted('ada', { bytes: 5, files: 5 }, changes)).toBe(false)
    expect(quotas.usage('ada')).toEqual({ bytes: 10, files: 1 })
  })

  it('is forgotten together with those below it', () => {
    for (const home of ['', 'ada/inner', 'adam']) countAs(home, 1, 1)
    quotas.forget('ada')
    expect(['', 'ada', 'ada/inner', 'adam'].map((home) => quotas.usage(home)?.bytes)).toEqual([
      1,
      undefined,
      undefined,
      1,
    ])
  })
})

describe('after the end of', () => {
  it('a server that stopped, what it knew still holds', () => {
    countAs('ada', 7, 1)
    endUsage(database)
    beginUsage(database)
    expect(quotas.usage('ada')).toEqual({ bytes: 7, files: 1 })
  })

  it('a server that crashed, everything is counted again', () => {
    countAs('ada', 7, 1)
    beginUsage(database)
    expect(quotas.usage('ada')).toBeUndefined()
    endUsage(database)
    beginUsage(database)
    beginUsage(database)
    expect(quotas.usage('ada')).toBeUndefined()
  })

  it('a server or a thread, uploads have reserved what their partials take, and those of others are as they were', () => {
    reserve('a', 60)
    reserve('b', 5, LIMIT, records(2))
    reserve('c', 5)
    disk.set('c', 3)
    records(0).endAll(1)
    expect(quotas.usage('ada')).toEqual({ bytes: 8, files: 2 })
    records(0).endAll()
    expect(quotas.usage('ada')).toEqual({ bytes: 3, files: 1 })
  })

  it('a count during which a home was forgotten, it is repeated', () => {
    const changes = quotas.beginCount('ada')
    quotas.forget('ada')
    expect(quotas.counted('ada', { bytes: 5, files: 5 }, changes)).toBe(false)
    forgetUsage(database)
    expect(quotas.usage('ada')).toBeUndefined()
  })
})
