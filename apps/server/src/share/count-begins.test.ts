import { createHash } from 'node:crypto'
import fs from 'node:fs'
import type { DatabaseSync } from 'node:sqlite'
import { Hasher } from '@ftp/md5'
import { PERMISSIONS, parsePath } from '@ftp/protocol'
import { afterEach, beforeEach, expect, it } from 'vitest'
import { credentialsIn } from '../../../../test/support/login-state.ts'
import { TempDir } from '../../../../test/support/temp-dir.ts'
import { openDatabase } from '../databases/sqlite/database.ts'
import { Digests } from '../databases/sqlite/digests.ts'
import { Quotas } from '../databases/sqlite/quotas.ts'
import { type OpenStorage, openStorage } from '../open-storage.ts'
import type { Storage } from '../storage/storage.ts'
import { move } from './move.ts'
import { mput } from './mput.ts'
import { Rates } from './rates.ts'
import { remove } from './remove.ts'
import type { Share } from './share.ts'

/*
 * A count of a home that nobody has counted before may begin while an account without a quota changes it. Such a count
 * may have seen any part of the change, so it is not exact.
 */

const SEEN = { bytes: 2, files: 2 }

let folder: TempDir
let database: DatabaseSync
let opened: OpenStorage
let quotas: Quotas
beforeEach(() => {
  folder = new TempDir()
  folder.folder('root', 'ada', 'd')
  for (const name of ['x', 'y']) fs.writeFileSync(folder.at('root', 'ada', 'd', name), name)
  database = openDatabase(folder.at('state.db'))
  opened = openStorage(folder.at('root'), database)
  quotas = new Quotas(database)
})
afterEach(() => {
  opened[Symbol.dispose]()
  database.close()
  folder[Symbol.dispose]()
})

/** The share of an account without a quota, in which the home is first counted when `method` of its storage begins. */
function shareCountedIn(method: 'remove' | 'move' | 'storeAll', onBegin: (changes: number) => void): Share {
  const hasher = new Hasher()
  const home = parsePath('ada')
  const storage: Storage = new Proxy(opened.storage.below(home), {
    get(target, property) {
      const value: unknown = Reflect.get(target, property)
      if (typeof value !== 'function') return value
      return (...args: unknown[]): unknown => {
        if (property === method) onBegin(quotas.beginCount('ada'))
        return Reflect.apply(value, target, args)
      }
    },
  })
  return {
    account: {
      name: 'ada',
      home,
      permissions: PERMISSIONS,
      quota: { bytes: undefined, files: undefined },
      rate: undefined,
    },
    address: '',
    door: 'ftx',
    storage,
    hasher,
    blocks: hasher.blocks,
    digests: new Digests(database),
    quotas,
    countHome: async () => {},
    writable: async () => {},
    credentials: credentialsIn(database),
    setVerifier: async () => {},
    uploads: opened.uploads,
    rates: new Rates(Rates.memory()),
    audit: { record: () => {} },
    leases: {
      acquire: async () => ({ signal: new AbortController().signal, [Symbol.dispose]: () => {} }),
    },
  }
}

const bytes = Buffer.from('new')
const file = { bytes, md5: createHash('md5').update(bytes).digest(), length: bytes.length } as const

it.each<[Parameters<typeof shareCountedIn>[0], (share: Share) => Promise<unknown>]>([
  ['remove', (share) => remove(share, parsePath('d'), true)],
  ['move', (share) => move(share, parsePath('d/x'), parsePath('x'), 'fail')],
  ['move', (share) => move(share, parsePath('d/x'), parsePath('d/y'), 'replace')],
  ['storeAll', (share) => mput(share, [{ ...file, path: parsePath('z'), ifExists: 'fail' }])],
])('a count that begins during a %s is not taken as exact', async (method, change) => {
  const begun: number[] = []
  await change(shareCountedIn(method, (changes) => begun.push(changes)))
  expect(begun).toHaveLength(1)
  expect(quotas.counted('ada', SEEN, begun[0] ?? 0)).toBe(false)
})
