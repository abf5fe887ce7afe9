import fs from 'node:fs'
import { setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'
import { type FileSystem, scratchFiles } from '@ftp/files'
import { parsePath } from '@ftp/protocol'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { chainOf } from '../../../../test/support/chain.ts'
import { flipBit, MIB, md5Of, randomBytes, randomNumbers } from '../../../../test/support/files.ts'
import { SmallDisk } from '../../../../test/support/small-disk.ts'
import * as continuable from './continuable-uploads.ts'
import { accountOf, ShareFixture } from './fixture.contract.ts'
import { HashedUpload } from './hashed-upload.ts'
import type { Share } from './share.ts'
import * as store from './store.ts'
import { storeWhole, type WholeOptions } from './store-whole.ts'

const PATH = parsePath('f')
const never = new AbortController().signal
const REPLACE = { ifExists: 'replace' } as const

let fixture: ShareFixture
beforeEach(() => {
  fixture = new ShareFixture()
})
afterEach(() => {
  fixture[Symbol.dispose]()
})

function upload(begun: unknown): HashedUpload {
  if (begun instanceof HashedUpload) return begun
  throw new Error('the upload has ended')
}

async function begin(
  options: Partial<store.StoreOptions> = {},
  share = fixture.share(),
): Promise<HashedUpload> {
  return upload(await store.beginUpload(share, PATH, { ...REPLACE, ...options }))
}

async function open(id: string, share: Share = fixture.share()): Promise<HashedUpload> {
  return upload(await store.openUpload(share, id))
}

/** Bytes in pieces of random sizes. */
async function* pieces(bytes: Buffer, random: () => number, largest = 200_000): AsyncGenerator<Buffer> {
  for (let at = 0; at < bytes.length; ) {
    const size = Math.floor(random() ** 3 * largest)
    // A socket reuses nothing that it has handed out, but a door may.
    const piece = Buffer.from(bytes.subarray(at, at + size))
    yield piece
    piece.fill(0xee)
    at += piece.length
  }
}

async function* once(bytes: Uint8Array): AsyncGenerator<Uint8Array> {
  yield bytes
}

const content = (name = 'f'): Buffer => fs.readFileSync(`${fixture.root}/${name}`)
const partials = (): string[] => fs.readdirSync(fixture.root).filter((name) => name.startsWith('.ftp-part-'))

describe('an upload without a chain', () => {
  it.each([0, 1, 63, 64, 65, 65_536, MIB - 1, MIB, MIB + 1, 3 * MIB + 777, 9 * MIB])(
    'stores %i bytes',
    async (size) => {
      const bytes = randomBytes(size, size)
      for (const length of [size, undefined]) {
        await using begun = await begin({ length })
        await begun.append(pieces(bytes, randomNumbers(size)))
        const { outcome, version, isReplaced } = await begun.commit()
        expect(outcome).toMatchObject({ type: 'stored', entry: { name: 'f', size, md5: md5Of(bytes) } })
        expect(isReplaced).toBe(length === undefined)
        expect(content().equals(bytes)).toBe(true)
        const digest = fixture.share().digests.find(version)
        expect(Buffer.from(digest?.md5 ?? []).toString('hex')).toBe(md5Of(bytes))
        expect(digest?.chain).toHaveLength(16 * Math.floor(size / MIB))
      }
      expect(partials()).toEqual([])
    },
  )

  it('continues at any byte, after any number of attempts', async () => {
    const random = randomNumbers(11)
    const bytes = randomBytes(5 * MIB + 321, 5)
    let id: string
    {
      await using begun = await begin({ length: bytes.length })
      id = begun.id
    }
    for (let offset = 0; offset < bytes.length; ) {
      await using begun = offset === 0 ? await begin({ length: bytes.length }) : await open(id)
      id = begun.id
      expect(begun.offset).toBe(offset)
      offset = Math.min(bytes.length, offset + Math.floor(random() * 1.5 * MIB))
      await begun.append(pieces(bytes.subarray(begun.offset, offset), random))
      expect(begun.offset).toBe(offset)
    }
    await using begun = await open(id)
    await begun.commit()
    expect(content().equals(bytes)).toBe(true)
  })

  it('proves what a crash has left, and cuts off what it cannot prove', async () => {
    const bytes = randomBytes(6 * MIB + 100, 6)
    const damages = [undefined, 5, 2 * MIB + 7, 6 * MIB + 30, 6 * MIB + 99]
    for (const damage of damages) {
      let id: string
      {
        await using begun = await begin()
        id = begun.id
        await begun.append(once(bytes))
      }
      const file = `${fixture.root}/.ftp-part-${id}`
      fs.appendFileSync(file, 'never recorded')
      if (damage !== undefined) flipBit(file, damage)
      {
        await using begun = await open(id)
        const proven =
          damage === undefined
            ? bytes.length
            : damage < 6 * MIB
              ? damage - (damage % MIB)
              : 6 * MIB + (damage === 6 * MIB + 99 ? 64 : 0)
        expect(begun.offset, `damage at ${damage}`).toBe(proven)
        expect(fs.statSync(file).size).toBe(proven)
        await begun.append(once(bytes.subarray(proven)))
        await begun.commit()
      }
      expect(content().equals(bytes), `damage at ${damage}`).toBe(true)
    }
  })

  it("is nobody else's", async () => {
    await using begun = await begin()
    const other = fixture.share(accountOf('ben'))
    await expect(store.openUpload(other, begun.id)).rejects.toMatchObject({ code: 'not_found' })
    expect(() => continuable.describe(other, begun.id)).toThrow(/no unfinished upload/)
    await expect(continuable.discard(other, begun.id)).rejects.toMatchObject({ code: 'not_found' })
  })

  it('answers again after its answer was lost', async () => {
    const bytes = Buffer.from('hello')
    let id: string
    {
      await using begun = await begin()
      id = begun.id
      await begun.append(once(bytes))
      await begun.commit()
    }
    const again = await store.openUpload(fixture.share(), id)
    expect(again).toMatchObject({
      type: 'stored',
      md5: md5Of(bytes),
      size: 5,
      isReplaced: false,
      path: ['f'],
    })
  })

  it('that has no byte yet can be continued, but there are not too many of them', async () => {
    const { id } = await leave(Buffer.alloc(0))
    {
      await using begun = await open(id)
      expect(begun.offset).toBe(0)
      await begun.append(once(Buffer.from('hello')))
    }
    const share = fixture.share()
    vi.spyOn(share.uploads, 'countOf').mockReturnValue(1_000)
    await expect(begin({}, share)).rejects.toMatchObject({ code: 'quota' })
    await using begun = await open(id)
    await begun.commit()
    expect(content().toString()).toBe('hello')
  })

  it.each([
    ['fewer bytes than announced', { length: 6 }, 'checksum', 5],
    ['more bytes than announced', { length: 4 }, 'bad_request', 0],
    ['another MD5 than announced', { md5: Buffer.alloc(16) }, 'checksum', undefined],
  ] as const)('with %s is refused, and changes nothing', async (_, options, code, kept) => {
    fs.writeFileSync(`${fixture.root}/f`, 'old')
    let id: string
    {
      await using begun = await begin(options)
      id = begun.id
      const store = async (): Promise<unknown> => {
        await begun.append(once(Buffer.from('hello')))
        return await begun.commit()
      }
      await expect(store()).rejects.toMatchObject({ code })
    }
    expect(content().toString()).toBe('old')
    expect(fixture.events.at(-1)).toMatchObject({
      action: 'put',
      outcome: code === 'checksum' ? code : 'unfinished',
    })
    if (kept === undefined) await expect(open(id)).rejects.toMatchObject({ code: 'not_found' })
    else {
      await using begun = await open(id)
      expect(begun.offset).toBe(kept)
    }
  })

  it('with the MD5 that was announced, in an earlier attempt, is stored', async () => {
    const bytes = randomBytes(MIB + 5, 1)
    const { id } = await leave(bytes, {
      md5: Buffer.from(md5Of(bytes), 'hex'),
      mtime: 5_000_000,
      mode: 0o640,
    })
    await using begun = await open(id)
    const { outcome } = await begun.commit()
    expect(outcome.entry).toMatchObject({ mtime: 5_000_000, mode: 0o640, md5: md5Of(bytes) })
  })

  it('learns its length before a byte too many', async () => {
    await using begun = await begin()
    await begun.append(once(Buffer.from('hello')))
    await expect(begun.announce(4)).rejects.toMatchObject({ code: 'bad_request' })
    await begun.announce(6)
    await begun.announce(6)
    await expect(begun.announce(7)).rejects.toMatchObject({ code: 'bad_request' })
    expect(continuable.describe(fixture.share(), begun.id)).toMatchObject({ length: 6, isRunning: true })
    await begun.append(once(Buffer.from('!')))
    await begun.commit()
    expect(content().toString()).toBe('hello!')
  })

  it('is verified against the chain that its client claims, block by block', async () => {
    const bytes = randomBytes(4 * MIB + 9, 1)
    const values = chainOf(bytes).map((value) => Buffer.from(value))
    await using begun = await begin()
    await begun.append(once(bytes.subarray(0, 100)))
    const damaged = Buffer.from(bytes)
    damaged[2 * MIB + 5] = 0xff ^ (bytes[2 * MIB + 5] ?? 0)
    const chain = Buffer.concat(values)
    const append = begun.append(pieces(damaged.subarray(100), randomNumbers(1)), { chain })
    await expect(append).rejects.toMatchObject({ code: 'checksum' })
    expect(begun.offset).toBe(2 * MIB)
    await begun.append(pieces(bytes.subarray(2 * MIB), randomNumbers(1)), { chain: chain.subarray(32) })
    await begun.commit()
    expect(content().equals(bytes)).toBe(true)
  })

  it('is discarded without touching the file', async () => {
    fs.writeFileSync(`${fixture.root}/f`, 'old')
    const { id } = await leave(randomBytes(100, 1))
    await continuable.discard(fixture.share(), id)
    expect(partials()).toEqual([])
    expect(content().toString()).toBe('old')
    await expect(open(id)).rejects.toMatchObject({ code: 'not_found' })
    const chains = fixture.database.prepare('SELECT count(*) AS count FROM upload_chains').get()
    expect(chains?.count).toBe(0)
  })

  it('of unknown length that was begun again is removed; one with a length, or that is running, stays', async () => {
    await leave(randomBytes(100, 1))
    const announced = await leave(randomBytes(100, 1), { length: 200 })
    await using running = await begin()
    await using newer = await begin()
    await newer.append(once(randomBytes(100, 2)))
    await continuable.discardEarlier(fixture.share(), PATH, newer.id)
    const left = [announced.id, running.id, newer.id].map((id) => `.ftp-part-${id}`)
    expect(partials().toSorted()).toEqual(left.toSorted())
  })

  it('that nobody can continue leaves nothing', async () => {
    {
      await using begun = await begin({ isKept: false })
      await begun.append(once(randomBytes(100, 1)))
    }
    expect(fs.readdirSync(fixture.root)).toEqual([])
  })

  it('that nobody can continue is not remembered either, because nobody can ask for it', async () => {
    await using begun = await begin({ isKept: false })
    await begun.append(once(randomBytes(100, 1)))
    await begun.commit()
    const stored = fixture.database.prepare('SELECT count(*) AS count FROM stored_uploads').get()
    expect(stored?.count).toBe(0)
  })
})

/** An upload that has been left with these bytes. */
async function leave(
  bytes: Buffer,
  options: Partial<store.StoreOptions> = {},
): Promise<{ readonly id: string }> {
  await using begun = await begin(options)
  await begun.append(once(bytes))
  return { id: begun.id }
}

it('a server that is killed as soon as a file has its name leaves the answer to its client', async () => {
  const bytes = randomBytes(MIB + 7, 1)
  const share = fixture.share()
  await using begun = await begin({ length: bytes.length }, share)
  await begun.append(once(bytes), { signal: never })
  let known: unknown
  // The first thing that happens after that.
  vi.spyOn(share.digests, 'save').mockImplementationOnce(() => {
    known = continuable.findStored(share, begun.id)
  })
  await begun.commit()
  expect(known).toMatchObject({ path: PATH, size: bytes.length, md5: md5Of(bytes), isReplaced: false })
  expect(continuable.findStored(share, begun.id)?.version).toBeTypeOf('string')
})

describe('what is proven', () => {
  it.each([6, 26, 30, 38])(
    'is never more than what is there, whatever happens in between (%i)',
    async (seed) => {
      const random = randomNumbers(seed)
      const pick = (below: number): number => Math.floor(random() * below)
      const bytes = randomBytes(4 * MIB + 500, seed)
      let { id } = await leave(bytes.subarray(0, pick(bytes.length)))
      let server = fixture
      try {
        for (let step = 0; step < 12; step++) {
          const file = `${fixture.root}/.ftp-part-${id}`
          const { size } = fs.statSync(file)
          const [damage, end] = [pick(Math.max(1, size)), pick(size + 1)]
          const what = pick(5)
          if (what === 0 && size > 0) flipBit(file, damage)
          else if (what === 1) fs.truncateSync(file, end)
          else if (what === 2) fs.appendFileSync(file, randomBytes(1 + pick(2 * MIB), step))
          else if (what === 3) server = new ShareFixture({ folder: fixture.folder })
          await using begun = await open(id, server.share())
          expect(fs.statSync(file).size).toBe(begun.offset)
          const held = fs.readFileSync(file)
          expect(held.equals(bytes.subarray(0, begun.offset)), `step ${step}, ${what}`).toBe(true)
          if (what === 3) expect(begun.offset).toBe(size)
          const next = Math.min(bytes.length, begun.offset + pick(MIB))
          await begun.append(pieces(bytes.subarray(begun.offset, next), random))
          id = begun.id
        }
        await using begun = await open(id, server.share())
        await begun.append(once(bytes.subarray(begun.offset)))
        await begun.commit()
        expect(content().equals(bytes)).toBe(true)
      } finally {
        if (server !== fixture) server[Symbol.dispose]()
      }
    },
  )

  it('is not read again while this server runs and nobody has touched it', async () => {
    const bytes = randomBytes(3 * MIB + 5, 1)
    const { id } = await leave(bytes)
    const share = fixture.share()
    const check = vi.spyOn(share.hasher, 'check')
    {
      await using begun = await open(id)
      expect(begun.offset).toBe(bytes.length)
      expect(check).not.toHaveBeenCalled()
    }
    using restarted = new ShareFixture({ folder: fixture.folder })
    await using begun = await open(id, restarted.share())
    expect(begun.offset).toBe(bytes.length)
    expect(check).toHaveBeenCalledTimes(4)
    check.mockRestore()
  })
})

describe('two connections', () => {
  it('at one upload: the newer one continues where the older one has to stop', async () => {
    const bytes = randomBytes(3 * MIB, 2)
    const [one, other] = [fixture.share(accountOf('anna'), 1), fixture.share(accountOf('anna'), 2)]
    const older = await begin({ length: bytes.length }, one)
    const first = (async () => {
      await using upload = older
      await upload.append(
        (async function* () {
          yield bytes.subarray(0, MIB + 77)
          // The client has gone, but its connection has not.
          await new Promise(() => {})
        })(),
      )
    })()
    first.catch(() => {})
    await expect.poll(() => older.offset).toBe(MIB + 77)
    await using newer = await open(older.id, other)
    await expect(first).rejects.toMatchObject({ code: 'taken_over' })
    expect(newer.offset).toBe(MIB + 77)
    await newer.append(once(bytes.subarray(MIB + 77)))
    await newer.commit()
    expect(content().equals(bytes)).toBe(true)
    expect(await store.openUpload(one, older.id)).toMatchObject({ type: 'stored' })
  })

  it('that ask for an upload while it is committed learn that it is stored', async () => {
    await using older = await begin()
    await older.append(once(Buffer.from('hello')))
    const committing = (async () => {
      await using upload = older
      return await upload.commit()
    })()
    const asked = store.openUpload(fixture.share(accountOf('anna'), 2), older.id)
    // Either the older one has committed, or it has been taken over before that.
    const [committed, answer] = await Promise.allSettled([committing, asked])
    if (answer.status === 'fulfilled' && answer.value instanceof HashedUpload) {
      expect(committed).toMatchObject({ status: 'rejected', reason: { code: 'taken_over' } })
      await using newer = answer.value
      await newer.commit()
    } else expect(answer).toMatchObject({ value: { type: 'stored' } })
    expect(content().toString()).toBe('hello')
  })

  it('with uploads to one name get one file, by policy, at the commit', async () => {
    const both = async (options: Partial<store.StoreOptions>): Promise<unknown[]> => {
      await using one = await begin(options)
      await using other = await begin(options)
      await one.append(once(Buffer.from('one')))
      await other.append(once(Buffer.from('other')))
      const ends = await Promise.allSettled([one.commit(), other.commit()])
      return ends.map((end) => (end.status === 'rejected' ? end.reason.code : end.value.outcome.type))
    }
    expect((await both({ ifExists: 'fail' })).sort()).toEqual(['exists', 'stored'])
    const { version } = fixture.share().storage.stat(PATH)
    expect((await both({ ifVersion: version })).sort()).toEqual(['changed', 'stored'])
    await expect(begin({ ifVersion: version })).rejects.toMatchObject({ code: 'changed' })
    expect(await both({})).toEqual(['stored', 'stored'])
    fs.rmSync(`${fixture.root}/f`)
    await expect(begin({ ifVersion: 'any' })).rejects.toMatchObject({ code: 'changed' })
    expect((await both({ ifExists: 'skip' })).sort()).toEqual(['skipped', 'stored'])
    expect((await both({ ifExists: 'rename' })).sort()).toEqual(['stored', 'stored'])
    const files = fs.readdirSync(fixture.root).filter((name) => !name.startsWith('.'))
    expect(files.sort()).toEqual(['f', 'f-1', 'f-2'])
  })
})

describe('limits', () => {
  it('the quota is exact to the byte, whether the length is known or not, and is given back', async () => {
    const quota = { bytes: 3 * MIB, files: 3 }
    const share = fixture.share(accountOf('anna', { quota }))
    const used = (): unknown => share.quotas.usage('')
    await expect(begin({ length: 3 * MIB + 1 }, share)).rejects.toMatchObject({ code: 'quota' })
    for (const length of [undefined, 3 * MIB]) {
      {
        await using begun = await begin({ length, isKept: false }, share)
        await begun.append(pieces(randomBytes(3 * MIB, 1), randomNumbers(1)))
        expect(used()).toEqual({ bytes: 3 * MIB, files: 1 })
        if (length === undefined) {
          const more = async (): Promise<unknown> => {
            await begun.append(once(Buffer.from('x')))
            return await begun.commit()
          }
          await expect(more()).rejects.toMatchObject({ code: 'quota' })
        }
      }
      expect(used()).toEqual({ bytes: 0, files: 0 })
    }
    const { id } = await leave(randomBytes(MIB + 7, 1))
    const restarted = fixture.share(accountOf('anna', { quota }))
    expect(used()).toEqual({ bytes: MIB + 7, files: 1 })
    {
      await using begun = await open(id, restarted)
      expect(used()).toEqual({ bytes: MIB + 7, files: 1 })
      await begun.commit()
    }
    expect(used()).toEqual({ bytes: MIB + 7, files: 1 })
  })

  it('a full disk in the middle keeps what has fitted, and the rest follows when there is space', async () => {
    using disk = await SmallDisk.mount(8 * MIB)
    using full = new ShareFixture({ root: disk.seen })
    const filler = `${disk.seen}/filler`
    fs.writeFileSync(filler, Buffer.alloc(4 * MIB))
    const bytes = randomBytes(6 * MIB, 1)
    let id: string
    {
      await using begun = await begin({}, full.share())
      id = begun.id
      await expect(begun.append(pieces(bytes, randomNumbers(1)))).rejects.toMatchObject({ code: 'no_space' })
    }
    fs.rmSync(filler)
    await using begun = await open(id, full.share())
    expect(begun.offset).toBeGreaterThanOrEqual(2 * MIB)
    await begun.append(pieces(bytes.subarray(begun.offset), randomNumbers(2)))
    await begun.commit()
    expect(fs.readFileSync(`${disk.seen}/f`).equals(bytes)).toBe(true)
  })

  it('bytes before a failed write are kept, even if they are written after it has failed', async () => {
    const { promise: failed, resolve: fail } = Promise.withResolvers<void>()
    let writes = 0
    const files: FileSystem = {
      ...scratchFiles,
      async write(...given) {
        const number = ++writes
        if (number === 1) await failed
        else fail()
        if (number === 2) throw Object.assign(new Error('full'), { code: 'ENOSPC' })
        return await scratchFiles.write(...given)
      },
    }
    using full = new ShareFixture({ fs: files })
    let id: string
    {
      await using begun = await begin({}, full.share())
      id = begun.id
      await expect(begun.append(pieces(randomBytes(3 * MIB, 1), randomNumbers(1)))).rejects.toMatchObject({
        code: 'no_space',
      })
    }
    await using begun = await open(id, full.share())
    expect(begun.offset).toBe(MIB)
  })

  it('no memory is held while no bytes come', async () => {
    const { blocks } = fixture.share().hasher
    const before = blocks.taken
    await using begun = await begin()
    const rest = Promise.withResolvers<Buffer>()
    const appending = begun.append(
      (async function* () {
        yield randomBytes(700_001, 1)
        yield await rest.promise
      })(),
    )
    await expect.poll(() => begun.position).toBe(700_001)
    expect(blocks.taken).toBe(before)
    rest.resolve(Buffer.from('rest'))
    await appending
    await begun.commit()
    expect(content().equals(Buffer.concat([randomBytes(700_001, 1), Buffer.from('rest')]))).toBe(true)
  })

  it('no chunk is kept in memory after it has been written', async () => {
    setFlagsFromString('--expose-gc')
    const collect: unknown = runInNewContext('gc')
    if (typeof collect !== 'function') throw new Error('no garbage collector to call')
    const chunks: WeakRef<Buffer>[] = []
    await using begun = await begin()
    await begun.append(
      (async function* () {
        for (let number = 0; number < 50; number++) {
          const chunk = Buffer.alloc(100_000, number)
          chunks.push(new WeakRef(chunk))
          yield chunk
        }
        await expect
          .poll(() => {
            collect()
            return chunks.filter((chunk) => chunk.deref() !== undefined).length
          })
          .toBeLessThan(5)
      })(),
    )
  })

  it('bytes come at the rate of the account', async () => {
    let taken = 0
    vi.spyOn(fixture.rates, 'presentLimit').mockReturnValue({
      slice: 1_000,
      take: (bytes) => {
        taken += bytes
        return () => 0
      },
    })
    await using begun = await begin()
    await begun.append(pieces(randomBytes(MIB, 1), randomNumbers(1)))
    expect(taken).toBe(MIB)
  })
})

describe('a small file in one step', () => {
  const whole = (options: Partial<WholeOptions> = {}): ReturnType<typeof storeWhole> =>
    storeWhole(fixture.share(), PATH, { ...REPLACE, signal: never, bytes: Buffer.from('hello'), ...options })

  it('is stored as any other, with its digest', async () => {
    const first = await whole({ mtime: 5_000_000, mode: 0o640 })
    const entry = { name: 'f', size: 5, mtime: 5_000_000, mode: 0o640, md5: md5Of(Buffer.from('hello')) }
    expect(first).toMatchObject({ outcome: { type: 'stored', entry }, isReplaced: false })
    expect(fixture.share().storage.stat(PATH).version).toBe(first.version)
    expect(await whole()).toMatchObject({ outcome: { type: 'stored' }, isReplaced: true })
    expect(await whole({ ifExists: 'skip' })).toMatchObject({
      outcome: { type: 'skipped' },
      isReplaced: false,
    })
    expect(await whole({ ifExists: 'rename' })).toMatchObject({ outcome: { entry: { name: 'f-1' } } })
    expect(fixture.events.map(({ action, outcome }) => `${action} ${outcome}`)).toEqual([
      'put ok',
      'put ok',
      'put skipped',
      'put ok',
    ])
  })

  it('is refused for the same reasons', async () => {
    await expect(whole({ ifVersion: 'any' })).rejects.toMatchObject({ code: 'changed' })
    const { version } = await whole()
    await whole({ ifVersion: version, bytes: Buffer.from('newer') })
    await expect(whole({ ifVersion: version })).rejects.toMatchObject({ code: 'changed' })
    await expect(whole({ ifExists: 'fail' })).rejects.toMatchObject({ code: 'exists' })
    await expect(whole({ md5: Buffer.alloc(16) })).rejects.toMatchObject({ code: 'checksum' })
    expect(content().toString()).toBe('newer')
  })

  it('replaces a version only once, however many want to', async () => {
    const { version } = await whole()
    const ends = await Promise.allSettled(
      Array.from({ length: 10 }, (_, index) => whole({ ifVersion: version, bytes: Buffer.from(`${index}`) })),
    )
    expect(ends.filter(({ status }) => status === 'fulfilled')).toHaveLength(1)
  })
})
