import { createHash } from 'node:crypto'
import fs from 'node:fs'
import type { DatabaseSync } from 'node:sqlite'
import { Block, Hasher } from '@ftp/md5'
import { HOME, PERMISSIONS, parsePath, TransferError } from '@ftp/protocol'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { credentialsIn } from '../../../../test/support/login-state.ts'
import { openDatabase } from '../databases/sqlite/database.ts'
import { Digests } from '../databases/sqlite/digests.ts'
import { Quotas } from '../databases/sqlite/quotas.ts'
import { UploadRecords } from '../databases/sqlite/uploads.ts'
import type { Account } from '../state/accounts.ts'
import type { AuditEvent } from '../state/audit-event.ts'
import { DiskFixture } from '../storage/disk.contract.ts'
import { ChainedUpload } from './chained-upload.ts'
import { put } from './put.ts'
import { Rates } from './rates.ts'
import type { Share } from './share.ts'
import type { Offer, Outcome } from './upload.ts'

const PATH = parsePath('f')
const BYTES = Buffer.from('hello')
const NAMED: Offer = {
  upload: 'a'.repeat(32),
  source: 'version 1',
  length: 5,
  ifExists: 'replace',
}
const UNNAMED: Offer = { length: 5, ifExists: 'replace' }

const hasher = new Hasher()
let fixture: DiskFixture
let share: Share
/** Keys of the leases that are held. */
let held: string[]
let database: DatabaseSync
let takeOver: AbortController
/** What the audit trail was told. */
let events: AuditEvent[]
beforeEach(() => {
  fixture = new DiskFixture()
  held = []
  events = []
  takeOver = new AbortController()
  database = openDatabase(fixture.folder.at('state.db'))
  share = {
    account: account('anna'),
    storage: fixture.storage,
    hasher,
    blocks: hasher.blocks,
    digests: new Digests(database),
    quotas: new Quotas(database),
    countHome: async () => {},
    writable: async () => {},
    credentials: credentialsIn(database),
    setVerifier: async () => {},
    uploads: new UploadRecords(database, 1, () => undefined),
    rates: new Rates(Rates.memory()),
    address: '127.0.0.1',
    door: 'ftx',
    audit: { record: (event) => events.push(event) },
    leases: {
      acquire: async (key) => {
        held.push(key)
        return { signal: takeOver.signal, [Symbol.dispose]: () => void held.splice(held.indexOf(key), 1) }
      },
    },
  }
})
afterEach(async () => {
  expect(held).toEqual([])
  await fixture[Symbol.asyncDispose]()
})

function account(name: string, lacks?: Account['permissions'][number]): Account {
  const permissions = PERMISSIONS.filter((permission) => permission !== lacks)
  return { name, home: HOME, permissions, quota: { bytes: undefined, files: undefined }, rate: undefined }
}

async function begin(offer: Offer): Promise<ChainedUpload> {
  const begun = await put(share, PATH, offer)
  if (!(begun instanceof ChainedUpload)) throw new Error(`the put has ended: ${begun.type}`)
  return begun
}

async function append(upload: ChainedUpload, md5 = createHash('md5').update(BYTES).digest()): Promise<void> {
  const intake = await upload.receive(() => {})
  upload.ends(BYTES.length, md5)
  await intake.take(0, new Block(BYTES), md5, BYTES.length)
  await intake.settled()
}

async function store(offer: Offer): Promise<Outcome> {
  await using upload = await begin(offer)
  await append(upload)
  return await upload.commit()
}

describe('a put', () => {
  it('stores what was verified, and nothing that was not', async () => {
    await using upload = await begin(UNNAMED)
    await append(upload, Buffer.alloc(16))
    await expect(upload.commit()).rejects.toMatchObject({ code: 'checksum' })
    await append(upload)
    expect(await upload.commit()).toMatchObject({ type: 'stored', entry: { name: 'f', size: 5 } })
    expect(fs.readFileSync(fixture.at('f'))).toEqual(BYTES)
  })

  it('that is left keeps its bytes for its own next attempt, and for nobody else', async () => {
    {
      await using upload = await begin(NAMED)
      await append(upload)
    }
    for (const [offer, name, size] of [
      [NAMED, 'anna', 5],
      [{ ...NAMED, upload: 'b'.repeat(32) }, 'anna', 0],
      [NAMED, 'ben', 0],
    ] as const) {
      share = { ...share, account: account(name) }
      await using upload = await begin(offer)
      expect(upload.held, `${offer.upload} of ${name}`).toBe(size)
    }
  })

  it('that nobody can continue leaves nothing on the disk', async () => {
    {
      await using upload = await begin(UNNAMED)
      await append(upload)
    }
    expect(fs.readdirSync(fixture.root)).toEqual([])
  })

  it('that is repeated after its answer was lost gets that answer, and a changed file does not', async () => {
    const stored = await store(NAMED)
    expect(await put(share, PATH, NAMED)).toEqual(stored)
    expect(await put(share, PATH, { ...NAMED, ifExists: 'fail' })).toEqual(stored)
    fs.appendFileSync(fixture.at('f'), 'x')
    await using upload = await begin(NAMED)
    expect(upload.held).toBe(0)
  })

  it('that is repeated after it has got another name gets that answer, and no third file', async () => {
    await store(UNNAMED)
    const renamed = { ...NAMED, ifExists: 'rename' } as const
    const stored = await store(renamed)
    expect(stored.entry.name).toBe('f-1')
    expect(await put(share, PATH, renamed)).toEqual(stored)
    expect(fs.readdirSync(fixture.root).sort()).toEqual(['f', 'f-1'])
  })

  it('that a newer connection continues is not committed any more', async () => {
    await using upload = await begin(NAMED)
    await append(upload)
    takeOver.abort(new TransferError('taken_over', 'a newer connection continues this upload'))
    await expect(upload.commit()).rejects.toMatchObject({ code: 'taken_over' })
    expect([...fixture.storage.list(HOME)]).toEqual([])
  })

  it('gives its lease back when it is refused', async () => {
    fs.mkdirSync(fixture.at('f'))
    await expect(put(share, PATH, NAMED)).rejects.toMatchObject({ code: 'is_directory' })
    await expect(put(share, parsePath('no/f'), NAMED)).rejects.toMatchObject({ code: 'not_found' })
  })

  it.each(['replace', 'newer', 'different', 'fail'] as const)(
    'without the right to overwrite, %s creates only',
    async (ifExists) => {
      share = { ...share, account: account('anna', 'overwrite') }
      await store({ ...UNNAMED, ifExists })
      await expect(
        put(share, PATH, { ...UNNAMED, ifExists, mtime: Date.now() * 1000 + 1e9 }),
      ).rejects.toMatchObject({
        code: 'exists',
      })
    },
  )

  it('without the right to write is forbidden, whatever is there', async () => {
    share = { ...share, account: account('anna', 'write') }
    for (const path of ['f', 'no/f']) {
      await expect(put(share, parsePath(path), NAMED)).rejects.toMatchObject({ code: 'forbidden' })
    }
  })
})
