import fs from 'node:fs'
import { parsePath } from '@ftp/protocol'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { flipBit, MIB, md5Of, randomBytes, randomNumbers } from '../../../../test/support/files.ts'
import { accountOf, ShareFixture } from './fixture.contract.ts'
import { HashedUpload } from './hashed-upload.ts'
import type { Share } from './share.ts'
import * as store from './store.ts'

const PATH = parsePath('f')
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
    expect(() => store.describe(other, begun.id)).toThrow(/no unfinished upload/)
    await expect(store.discard(other, begun.id)).rejects.toMatchObject({ code: 'not_found' })
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
})
