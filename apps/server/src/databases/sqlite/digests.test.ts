import { createHash } from 'node:crypto'
import fs from 'node:fs'
import { BLOCK_SIZE, CHAIN_VALUE_SIZE, Hasher } from '@ftp/md5'
import { parsePath, TransferError } from '@ftp/protocol'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { content } from '../../../../../test/support/chain.ts'
import { setMtime } from '../../../../../test/support/files.ts'
import { TempDir } from '../../../../../test/support/temp-dir.ts'
import { FileChain } from '../../share/chain.ts'
import { Disk } from '../../storage/disk.ts'
import { openDatabase } from './database.ts'
import { DIGESTS_OF_ANY_DEVICE, Digests } from './digests.ts'

const BYTES = content(2 * BLOCK_SIZE + 100)
const MTIME = 1_600_000_000_123_457
const PATH = parsePath('f')

const hasher = new Hasher()
let folder: TempDir
let disk: Disk
let digests: Digests

beforeEach(() => {
  folder = new TempDir()
  disk = new Disk(folder.folder('root'), (action) => action())
  digests = new Digests(openDatabase(folder.at('state.db')))
  fs.writeFileSync(folder.at('root', 'f'), BYTES)
  setMtime(folder.at('root', 'f'), MTIME)
  // Left alone for an hour, as every file that digests are kept of.
  vi.useFakeTimers({ toFake: ['Date'], now: Date.now() + 3_600_000 })
})
afterEach(() => {
  vi.useRealTimers()
  disk[Symbol.dispose]()
  folder[Symbol.dispose]()
})

function md5Of(bytes: Uint8Array): string {
  return createHash('md5').update(bytes).digest('hex')
}

/** Reads the whole file through its chain. @returns its MD5, and how many blocks had to be hashed for it */
async function hash(): Promise<{ md5: string; hashed: number }> {
  await using file = disk.open(PATH)
  using chain = new FileChain(file, { hasher, blocks: hasher.blocks }, digests)
  let hashed = 0
  const blocks = Math.floor(file.entry.size / BLOCK_SIZE)
  for await (const _ of chain.extendTo(blocks)) hashed++
  const tail = Buffer.alloc(file.entry.size - blocks * BLOCK_SIZE)
  await file.read(tail, blocks * BLOCK_SIZE)
  return { md5: Buffer.from(await chain.finish(tail)).toString('hex'), hashed }
}

describe('digests', () => {
  it('what is saved is found under its version, and under no other', () => {
    const digest = { chain: Buffer.alloc(32, 1), md5: Buffer.alloc(16, 2), upload: 'x y' }
    digests.save('one', digest)
    digests.save('two', { chain: new Uint8Array(0) })
    const found = digests.find('one')
    expect({ ...found, chain: Buffer.from(found?.chain ?? []), md5: Buffer.from(found?.md5 ?? []) }).toEqual(
      digest,
    )
    expect(digests.find('two')).toEqual({ chain: new Uint8Array(0), md5: undefined, upload: undefined })
    expect(digests.find('three')).toBeUndefined()
  })

  it('no byte of a version is hashed twice', async () => {
    expect(await hash()).toEqual({ md5: md5Of(BYTES), hashed: 2 })
    expect(await hash()).toEqual({ md5: md5Of(BYTES), hashed: 0 })
  })

  it('a beginning that has been hashed is continued', async () => {
    {
      await using file = disk.open(PATH)
      using chain = new FileChain(file, { hasher, blocks: hasher.blocks }, digests)
      for await (const _ of chain.extendTo(1));
    }
    expect(await hash()).toEqual({ md5: md5Of(BYTES), hashed: 1 })
  })

  it.each([
    ['written in place', (file: string) => fs.writeFileSync(file, 'X', { flag: 'r+' })],
    [
      'replaced',
      (file: string) => {
        fs.writeFileSync(
          `${file}.new`,
          BYTES.map((byte) => byte ^ 1),
        )
        fs.renameSync(`${file}.new`, file)
      },
    ],
    [
      'written, and its time set back',
      (file: string) => {
        fs.writeFileSync(file, 'X', { flag: 'r+' })
        setMtime(file, MTIME)
      },
    ],
  ])('a file that was %s gets no old chain', async (_, change) => {
    await hash()
    change(folder.at('root', 'f'))
    vi.setSystemTime(Date.now() + 3_600_000)
    expect(await hash()).toEqual({ md5: md5Of(fs.readFileSync(folder.at('root', 'f'))), hashed: 2 })
  })

  it('nothing is kept of a file that was written a moment ago: its next change might not show', async () => {
    vi.setSystemTime(fs.statSync(folder.at('root', 'f')).ctimeMs + 1_000)
    await hash()
    expect(await hash()).toMatchObject({ hashed: 2 })
  })

  it('nothing is learnt from a file that shrinks while it is hashed', async () => {
    fs.writeFileSync(folder.at('root', 'f'), content(20 * BLOCK_SIZE))
    await using file = disk.open(PATH)
    using chain = new FileChain(file, { hasher, blocks: hasher.blocks }, digests)
    const steps = chain.extendTo(20)
    await steps.next()
    fs.truncateSync(folder.at('root', 'f'), BLOCK_SIZE)
    const rest = async (): Promise<void> => {
      for await (const _ of steps);
    }
    await expect(rest()).rejects.toThrow(TransferError)
  })

  it.each([
    ['a chain that is cut', { chain: Buffer.alloc(CHAIN_VALUE_SIZE + 1), md5: Buffer.alloc(16) }],
    ['an MD5 of another length', { chain: Buffer.alloc(0), md5: Buffer.alloc(15) }],
    ['a chain longer than the file', { chain: Buffer.alloc(3 * CHAIN_VALUE_SIZE), md5: undefined }],
  ])('a damaged row counts as none: %s', async (_, digest) => {
    digests.save(disk.stat(PATH).version, digest)
    expect(await hash()).toEqual({ md5: md5Of(BYTES), hashed: 2 })
  })
})

it('versions from before, with the number of the device, are those of the root', () => {
  const database = openDatabase(folder.at('state.db'))
  try {
    const digests = new Digests(database)
    const digest = { chain: new Uint8Array(0), md5: new Uint8Array(16).fill(7) }
    digests.saveAll([
      ['1s-a-b-c-d', digest],
      ['0-a-b-c-e', digest],
    ])
    database.exec(DIGESTS_OF_ANY_DEVICE)
    expect([...digests.versions()]).toEqual(['0-a-b-c-d', '0-a-b-c-e'])
  } finally {
    database.close()
  }
})
