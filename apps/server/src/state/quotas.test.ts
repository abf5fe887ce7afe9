import fs from 'node:fs'
import os from 'node:os'
import path from 'node:path'
import type { DatabaseSync } from 'node:sqlite'
import { TransferError } from '@ftp/protocol'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { openDatabase } from './database.ts'
import { beginUsage, dropThread, endUsage, forgetKept } from './quota-upkeep.ts'
import { Quotas, type SpaceLimit } from './quotas.ts'
import { exclusively } from './transaction.ts'

let folder: string
let database: DatabaseSync
let quotas: Quotas

const LIMIT: SpaceLimit = { bytes: 100, files: 3 }
const NONE: SpaceLimit = { bytes: undefined, files: undefined }

beforeEach(() => {
  folder = fs.mkdtempSync(path.join(os.tmpdir(), 'ftx-'))
  database = openDatabase(path.join(folder, 'state.db'))
  beginUsage(database)
  quotas = new Quotas(database, 1)
  countAs('ada', 0, 0)
})
afterEach(() => {
  database.close()
  fs.rmSync(folder, { recursive: true })
})

function countAs(home: string, bytes: number, files: number): void {
  expect(quotas.counted(home, { bytes, files }, quotas.beginCount(home))).toBe(true)
}

function reserve(key: string, bytes: number, limit = LIMIT): string {
  try {
    quotas.reserve(key, `ada/${key}`, { bytes, files: 1 }, 'ada', limit)
    return 'ok'
  } catch (error) {
    return TransferError.from(error).code
  }
}

describe('a reservation', () => {
  it('takes room until it is given back', () => {
    expect([reserve('a', 60), reserve('b', 41)]).toEqual(['ok', 'quota'])
    expect(quotas.usage('ada')).toEqual({ bytes: 60, files: 1 })
    expect(reserve('b', 40)).toBe('ok')
    quotas.release('a')
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
    reserve('a', 60)
    quotas.settle('a', 'ada/a', { bytes: 60, files: 1 }, 'ada', LIMIT)
    expect(quotas.usage('ada')).toEqual({ bytes: 60, files: 1 })
    const settle = (): void =>
      exclusively(database, () => quotas.settle('b', 'ada/b', { bytes: 41, files: 1 }, 'ada', LIMIT))
    expect(settle).toThrow(/may store 100 bytes/)
    expect(quotas.usage('ada')).toEqual({ bytes: 60, files: 1 })
  })

  it('of an interrupted upload is what its partial holds', () => {
    reserve('a', 60)
    quotas.keep('a', 25)
    expect(quotas.usage('ada')).toEqual({ bytes: 25, files: 0 })
    expect(reserve('a', 60)).toBe('ok')
    expect(quotas.usage('ada')).toEqual({ bytes: 60, files: 1 })
  })

  it('of an interrupted upload goes when its partial has gone', () => {
    for (const key of ['a', 'b', 'c']) reserve(key, 10)
    quotas.keep('a', 10)
    quotas.keep('b', 10)
    forgetKept(database, new Set(['b']))
    expect(quotas.usage('ada')).toEqual({ bytes: 20, files: 1 })
  })

  it('to less than there is already is never refused for what gets smaller', () => {
    countAs('ada', 500, 2)
    quotas.settle('a', 'ada/a', { bytes: -100, files: 0 }, 'ada', LIMIT)
    expect(quotas.usage('ada')).toEqual({ bytes: 400, files: 2 })
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
  it('a server that stopped, what it knew still holds; its reservations are gone, kept partials not', () => {
    countAs('ada', 7, 1)
    reserve('a', 60)
    reserve('b', 5)
    quotas.keep('b', 5)
    endUsage(database)
    beginUsage(database)
    expect(quotas.usage('ada')).toEqual({ bytes: 12, files: 1 })
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

  it('a thread, its reservations are gone, and those of others are not', () => {
    reserve('a', 60)
    new Quotas(database, 2).reserve('b', 'ada/b', { bytes: 5, files: 1 }, 'ada', LIMIT)
    dropThread(database, 1)
    countAs('ada', 0, 0)
    expect(quotas.usage('ada')).toEqual({ bytes: 5, files: 1 })
  })
})
