import fs from 'node:fs'
import { parsePath } from '@ftp/protocol'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { MIB, md5Of, randomBytes, randomNumbers } from '../../../../test/support/files.ts'
import { accountOf, ShareFixture } from './fixture.contract.ts'
import { HashedUpload } from './hashed-upload.ts'
import { ownStat } from './own-view.ts'
import { openFile } from './read-range.ts'
import { beginUpload } from './store.ts'
import { openForUpdate, type UpdateOptions } from './update.ts'
import type { UpdatedFile } from './updated-file.ts'

const PATH = parsePath('f')
const never = new AbortController().signal
const BYTES = randomBytes(3 * MIB + 100, 3)

let fixture: ShareFixture
beforeEach(() => {
  fixture = new ShareFixture()
})
afterEach(() => {
  fixture[Symbol.dispose]()
})
const at = (name: string): string => `${fixture.root}/${name}`
const content = (): Buffer => fs.readFileSync(at('f'))

function open(options: Partial<UpdateOptions> = {}, share = fixture.share()): Promise<UpdatedFile> {
  return openForUpdate(share, PATH, { creation: 'allowed', isEmptied: false, ...options })
}

async function store(bytes: Buffer): Promise<void> {
  const begun = await beginUpload(fixture.share(), PATH, { ifExists: 'replace', mode: 0o604 })
  if (!(begun instanceof HashedUpload)) throw new Error('not begun')
  await using upload = begun
  await upload.append(
    (async function* () {
      yield bytes
    })(),
  )
  await upload.commit()
}

/** The MD5 that is stored with the file, after every byte has been checked against it. */
async function verified(): Promise<string> {
  await using file = await openFile(fixture.share(), PATH)
  for await (const { block } of file.read(0, file.entry.size, never)) block[Symbol.dispose]()
  return Buffer.from(file.md5 ?? []).toString('hex')
}

describe('a file that is open for update', () => {
  it.each([1, 2, 3])('is what the same writes make of an ordinary file (%i)', async (seed) => {
    const random = randomNumbers(seed)
    const pick = (below: number): number => Math.floor(random() * below)
    let expected = Buffer.from(BYTES)
    await store(BYTES)
    await using file = await open()
    let end = 0
    for (let step = 0; step < 60; step++) {
      const before = md5Of(content())
      const kind = pick(10)
      if (kind < 7) {
        const length = 1 + Math.floor(random() ** 4 * 400_000)
        // Mostly, a write continues the one before it.
        const offset = pick(3) > 0 ? end : pick(expected.length + 70_000)
        const bytes = randomBytes(length, step)
        await file.write(bytes, offset, never)
        end = offset + length
        const grown = Buffer.alloc(Math.max(expected.length, end))
        expected.copy(grown)
        bytes.copy(grown, offset)
        expected = grown
        bytes.fill(0)
      } else if (kind < 8) {
        const size = pick(expected.length + 100_000)
        await file.truncate(size, never)
        const cut = Buffer.alloc(size)
        expected.copy(cut)
        expected = cut
      } else {
        const [offset, buffer] = [pick(expected.length), Buffer.alloc(pick(300_000))]
        const read = await file.read(buffer, offset, never)
        expect(buffer.subarray(0, read).equals(expected.subarray(offset, offset + buffer.length))).toBe(true)
      }
      expect(file.size).toBe(expected.length)
      expect(md5Of(content())).toBe(before)
    }
    const { outcome } = await file.commit()
    expect(content().equals(expected)).toBe(true)
    expect(outcome.entry).toMatchObject({ size: expected.length, md5: md5Of(expected), mode: 0o604 })
    expect(await verified()).toBe(md5Of(expected))
  })

  it.each([1, 2, 3, 4, 5, 6])('that is left is continued with bytes that are in it (%i)', async (seed) => {
    const random = randomNumbers(seed)
    const pick = (below: number): number => Math.floor(random() * below)
    const expected = Buffer.from(BYTES)
    {
      await using file = await open({ isEmptied: true })
      await file.write(expected.subarray(0, MIB + pick(2 * MIB)), 0, never)
    }
    for (let attempt = 0; attempt < 4; attempt++) {
      // Every other time, the server trusts nothing.
      using restarted = attempt % 2 === 0 ? undefined : new ShareFixture({ folder: fixture.folder })
      const server = restarted ?? fixture
      await using file = await open({}, server.share())
      const held = Buffer.alloc(file.size)
      await file.read(held, 0, never)
      expect(held.equals(expected.subarray(0, held.length)), `attempt ${attempt}`).toBe(true)
      for (let step = 0; step < 5; step++) {
        const bytes = randomBytes(1 + pick(500_000), 10 * attempt + step)
        // Mostly near the end, so that something is left to be continued.
        const offset = file.size - Math.floor(random() ** 2 * file.size)
        const end = Math.min(expected.length, offset + bytes.length)
        bytes.copy(expected, offset)
        await file.write(bytes.subarray(0, end - offset), offset, never)
      }
    }
  })

  it('takes writes that are made before the ones before them have ended', async () => {
    await using file = await open({ isEmptied: true })
    const size = 32_768
    await Promise.all(
      Array.from({ length: 100 }, (_, index) =>
        file.write(BYTES.subarray(index * size, (index + 1) * size), index * size, never),
      ),
    )
    await file.commit()
    expect(content().equals(BYTES.subarray(0, 100 * size))).toBe(true)
    expect(await verified()).toBe(md5Of(content()))
  })

  it('is hashed on the way although writes overtake one another', async () => {
    await using file = await open({ isEmptied: true })
    const size = 30_000
    for (let at = 0; at < BYTES.length; at += 3 * size)
      for (const from of [at + 2 * size, at, at + size])
        await file.write(BYTES.subarray(from, from + size), from, never)
    await expect.poll(() => file.position).toBe(BYTES.length)
    await file.commit()
    expect(await verified()).toBe(md5Of(BYTES))
  })

  it('is not stored if another program has cut off some of it', async () => {
    await store(BYTES)
    await using file = await open()
    // Out of order, so that the bytes are read again at the commit.
    await file.write(BYTES.subarray(0, 10), 2 * MIB, never)
    await file.write(BYTES.subarray(0, 10), 0, never)
    await expect.poll(() => fs.statSync(at(`.ftp-part-${file.id}`)).size).toBe(BYTES.length)
    fs.truncateSync(at(`.ftp-part-${file.id}`), MIB)
    await expect(file.commit()).rejects.toMatchObject({ code: 'io' })
    expect(content().equals(BYTES)).toBe(true)
  })

  it('takes a stream at its end', async () => {
    await store(BYTES)
    {
      await using file = await open()
      await file.append(
        (async function* () {
          yield Buffer.from('more')
          yield randomBytes(MIB, 9)
        })(),
      )
      expect(content().equals(BYTES)).toBe(true)
      await file.commit()
    }
    const expected = Buffer.concat([BYTES, Buffer.from('more'), randomBytes(MIB, 9)])
    expect(content().equals(expected)).toBe(true)
    expect(await verified()).toBe(md5Of(expected))
  })

  it('has no new version if nothing is written', async () => {
    await store(BYTES)
    const { version } = fixture.share().storage.stat(PATH)
    fixture.events.length = 0
    {
      await using file = await open()
      const buffer = Buffer.alloc(10)
      expect(await file.read(buffer, MIB - 5, never)).toBe(10)
      expect(buffer).toEqual(BYTES.subarray(MIB - 5, MIB + 5))
      expect(await file.read(buffer, BYTES.length, never)).toBe(0)
      expect(await file.commit()).toMatchObject({ outcome: { type: 'skipped' }, version })
    }
    expect(fixture.share().storage.stat(PATH).version).toBe(version)
    expect(fixture.events).toEqual([])
    {
      await using file = await open()
      await file.setAttributes({ mode: 0o600, mtime: 1_000_000 })
      expect(file.entry).toMatchObject({ mode: 0o600, mtime: 1_000_000, size: BYTES.length })
      await file.commit()
    }
    expect(fixture.share().storage.stat(PATH).entry).toMatchObject({ mode: 0o600, mtime: 1_000_000 })
    expect(fixture.events).toMatchObject([{ action: 'setstat', outcome: 'ok' }])
    expect(fs.readdirSync(fixture.root)).toEqual(['f'])
  })

  it('loses against a version that has come between', async () => {
    await store(BYTES)
    await using one = await open()
    await using other = await open()
    await one.write(Buffer.from('one'), 0, never)
    await other.write(Buffer.from('other'), 0, never)
    await one.commit()
    await expect(other.commit()).rejects.toMatchObject({ code: 'changed' })
    expect(content().subarray(0, 5).toString('latin1')).toBe(`one${BYTES.subarray(3, 5).toString('latin1')}`)
  })

  it('is created or found as it is asked for', async () => {
    await expect(open({ creation: 'refused' })).rejects.toMatchObject({ code: 'not_found' })
    {
      await using file = await open({ creation: 'required', mode: 0o640 })
      expect(file.entry).toMatchObject({ size: 0, mode: 0o640 })
      await file.commit()
    }
    expect(fixture.share().storage.stat(PATH).entry).toMatchObject({ size: 0, mode: 0o640 })
    await expect(open({ creation: 'required' })).rejects.toMatchObject({ code: 'exists' })
    const cannotReplace = fixture.share(accountOf('anna', { permissions: ['list', 'read', 'write'] }))
    await expect(open({}, cannotReplace)).rejects.toMatchObject({ code: 'forbidden' })
    fs.rmSync(at('f'))
    fs.mkdirSync(at('f'))
    await expect(open()).rejects.toMatchObject({ code: 'is_directory' })
  })

  it('is given up by a client that sends nothing, if a newer one continues it', async () => {
    await using earlier = await open()
    await earlier.write(BYTES.subarray(0, 100), 0, never)
    await using later = await open()
    expect(later.size).toBe(100)
    await expect(earlier.write(BYTES, 100, never)).rejects.toMatchObject({ code: 'taken_over' })
    await expect(earlier.commit()).rejects.toMatchObject({ code: 'taken_over' })
    await later.write(BYTES.subarray(100), 100, never)
    await later.commit()
    expect(content().equals(BYTES)).toBe(true)
  })

  it('takes nothing more once it is closed', async () => {
    const file = await open()
    await file.write(BYTES, 0, never)
    const cut = file.truncate(5, never)
    await file[Symbol.asyncDispose]()
    await cut
    for (const late of [file.write(BYTES, 0, never), file.truncate(1, never), file.commit()])
      await expect(late).rejects.toMatchObject({ code: 'bad_request' })
    await file[Symbol.asyncDispose]()
  })

  it('is refused to an account with too many unfinished uploads', async () => {
    const share = fixture.share()
    vi.spyOn(share.uploads, 'countOf').mockReturnValue(1_000)
    await expect(open({}, share)).rejects.toMatchObject({ code: 'quota' })
  })

  it('counts towards the quota by its end', async () => {
    const quota = { bytes: 1_000_000, files: undefined }
    const share = fixture.share(accountOf('anna', { quota }))
    await using file = await open({}, share)
    await file.write(Buffer.alloc(10), 999_990, never)
    expect(share.quotas.usage('')?.bytes).toBeLessThanOrEqual(1_000_000)
    await file.write(Buffer.alloc(10), 999_995, never)
    await expect(file.commit()).rejects.toMatchObject({ code: 'quota' })
  })

  it('does not make a gap that the disk could not fill', async () => {
    await using file = await open()
    await expect(file.truncate(2 ** 52, never)).rejects.toMatchObject({ code: 'no_space' })
    await file.write(Buffer.alloc(100_000), 2 ** 52, never)
    await expect(file.commit()).rejects.toMatchObject({ code: 'no_space' })
    expect(fs.existsSync(at('f'))).toBe(false)
  })
})

describe("an account's own view", () => {
  it('shows a file that it has open, and what is proven of an unfinished one', async () => {
    const share = fixture.share()
    let id: string
    {
      await using file = await open()
      id = file.id
      await file.write(BYTES.subarray(0, 2 * MIB + 77), 0, never)
      await expect(ownStat(share, PATH, [file])).resolves.toMatchObject({ name: 'f', size: 2 * MIB + 77 })
      expect([...share.storage.list(parsePath(''))]).toEqual([])
    }
    expect(await ownStat(share, PATH)).toMatchObject({ name: 'f', type: 'file', size: 2 * MIB + 77 })
    await expect(ownStat(fixture.share(accountOf('ben')), PATH)).rejects.toMatchObject({ code: 'not_found' })
    {
      await using file = await open()
      expect([file.id, file.size]).toEqual([id, 2 * MIB + 77])
      await file.write(BYTES.subarray(file.size), file.size, never)
      await file.commit()
    }
    expect(content().equals(BYTES)).toBe(true)
    expect(await verified()).toBe(md5Of(BYTES))
  })

  it('has no unfinished upload where an empty file was asked for, or where it is open already', async () => {
    await using file = await open()
    await file.write(BYTES, 0, never)
    await using other = await open({ open: new Set([file.id]) })
    expect(other.size).toBe(0)
    await using emptied = await open({ isEmptied: true })
    expect(emptied.size).toBe(0)
  })
})
