import fs from 'node:fs'
import { Block, type Hasher } from '@ftp/md5'
import { parsePath, type TransferError } from '@ftp/protocol'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { flipBit, MIB, md5Of, randomBytes, randomNumbers } from '../../../../test/support/files.ts'
import { ChainedUpload } from './chained-upload.ts'
import { accountOf, ShareFixture } from './fixture.contract.ts'
import { put } from './put.ts'
import { openFile, type ReadableFile } from './read-range.ts'

const PATH = parsePath('f')
const SIZE = 10 * MIB + 12_345
const BYTES = randomBytes(SIZE, 1)
const never = new AbortController().signal

let fixture: ShareFixture
beforeEach(() => {
  fixture = new ShareFixture()
})
afterEach(() => {
  fixture[Symbol.dispose]()
})
const at = (name: string): string => `${fixture.root}/${name}`

/** Reads a range; every slice is given back. */
async function read(file: ReadableFile, start: number, end: number): Promise<Buffer> {
  const parts: Buffer[] = []
  let offset = start
  for await (const slice of file.read(start, end, never)) {
    using block = slice.block
    expect(slice.offset).toBe(offset)
    expect(block.length).toBeGreaterThan(0)
    parts.push(Buffer.from(block.bytes))
    offset += block.length
  }
  return Buffer.concat(parts)
}

/** Writes the file as another program does, long enough ago that its digest may be kept. */
function plant(bytes: Uint8Array): void {
  fs.writeFileSync(at('f'), bytes)
}

/** Stores the file as a client does, so that its digest is known. */
async function store(bytes: Buffer): Promise<void> {
  const share = fixture.share()
  const { hasher } = share
  const begun = await put(share, PATH, { length: bytes.length, ifExists: 'replace' })
  if (!(begun instanceof ChainedUpload)) throw new Error('not begun')
  await using upload = begun
  const intake = await upload.receive(() => {})
  for (const { offset, end, last, piece } of piecesOf(hasher, bytes)) {
    if (last) upload.ends(bytes.length, end)
    await intake.take(offset, new Block(piece), end, last ? bytes.length : undefined)
  }
  await intake.settled()
  await upload.commit()
}

function* piecesOf(
  { kernel }: Hasher,
  bytes: Buffer,
): Generator<{ offset: number; piece: Uint8Array; end: Uint8Array; last: boolean }> {
  let value: Uint8Array = Buffer.from('0123456789abcdeffedcba9876543210', 'hex')
  for (let offset = 0; offset < bytes.length; offset += MIB) {
    const piece = Buffer.from(bytes.subarray(offset, offset + MIB))
    const last = offset + MIB >= bytes.length
    const [end = value] = kernel.absorbAll([
      { start: value, bytes: piece, length: last ? bytes.length : undefined },
    ])
    value = end
    yield { offset, piece, end, last }
  }
}

describe('a range', () => {
  it('has the bytes of the file, wherever it begins and ends', async () => {
    await store(BYTES)
    await using file = await openFile(fixture.share(), PATH)
    expect(Buffer.from(file.md5 ?? []).toString('hex')).toBe(md5Of(BYTES))
    const random = randomNumbers(7)
    const edges = [0, 1, MIB - 1, MIB, MIB + 1, 2 * MIB, 10 * MIB, SIZE - 1, SIZE]
    const pick = (): number => Math.floor(random() * (SIZE + 1))
    const ranges = [
      ...edges.flatMap((one) => edges.map((other) => [one, other])),
      ...Array.from({ length: 40 }, () => [pick(), pick()]),
    ]
    for (const [one = 0, other = 0] of ranges) {
      const [start, end] = [Math.min(one, other), Math.max(one, other)]
      const got = await read(file, start, end)
      if (!got.equals(BYTES.subarray(start, end))) throw new Error(`wrong bytes from ${start} to ${end}`)
    }
  })

  it('outside the file does not exist', async () => {
    await store(BYTES)
    await using file = await openFile(fixture.share(), PATH)
    for (const [start, end] of [
      [-1, 1],
      [2, 1],
      [0, SIZE + 1],
      [SIZE + 1, SIZE + 1],
      [Number.NaN, 1],
    ] as const)
      await expect(read(file, start, end), `${start} to ${end}`).rejects.toThrow(RangeError)
  })

  it('of an empty file is empty', async () => {
    plant(Buffer.alloc(0))
    await using file = await openFile(fixture.share(), PATH)
    expect(await read(file, 0, 0)).toHaveLength(0)
    expect(Buffer.from(await file.computeMd5(never)).toString('hex')).toBe(md5Of(Buffer.alloc(0)))
  })

  it.each([
    ['its first block', 0, SIZE, 5],
    ['a block in the middle', 3 * MIB + 5, 3 * MIB + 6, 3 * MIB + 900_000],
    ['its shorter end', 10 * MIB + 1, SIZE, SIZE - 1],
  ])('ends at damage on the disk: %s', async (_, start, end, damage) => {
    await store(BYTES)
    const { atimeNs, mtimeNs } = fs.statSync(at('f'), { bigint: true })
    await using file = await openFile(fixture.share(), PATH)
    // The file is still the version that was opened, as far as its metadata show.
    const share = fixture.share()
    const digest = share.digests.find(file.version)
    flipBit(at('f'), damage)
    fs.utimesSync(at('f'), Number(atimeNs) / 1e9, Number(mtimeNs / 1000n) / 1e6)
    await using damaged = await openFile(share, PATH)
    if (digest !== undefined) share.digests.save(damaged.version, digest)
    await using checked = await openFile(share, PATH)
    await expect(read(checked, start, end)).rejects.toMatchObject({ code: 'checksum' })
    // Blocks that are not damaged can still be read.
    expect(
      (await read(checked, 5 * MIB - 1, 6 * MIB + 1)).equals(BYTES.subarray(5 * MIB - 1, 6 * MIB + 1)),
    ).toBe(true)
  })

  it('of a file that nobody has hashed is read all the same, and hashes it on the way', async () => {
    plant(BYTES)
    const long = Date.now() / 1_000 - 100
    fs.utimesSync(at('f'), long, long)
    {
      await using file = await openFile(fixture.share(), PATH)
      expect(file.md5).toBeUndefined()
      expect(
        (await read(file, 4 * MIB + 5, 4 * MIB + 9)).equals(BYTES.subarray(4 * MIB + 5, 4 * MIB + 9)),
      ).toBe(true)
      expect(file.md5).toBeUndefined()
      expect((await read(file, 0, SIZE)).equals(BYTES)).toBe(true)
      expect(Buffer.from(file.md5 ?? []).toString('hex')).toBe(md5Of(BYTES))
    }
    await using file = await openFile(fixture.share(), PATH)
    expect(Buffer.from(await file.computeMd5(never)).toString('hex')).toBe(md5Of(BYTES))
  })

  it('can be read beside another one of the same file', async () => {
    plant(BYTES)
    await using file = await openFile(fixture.share(), PATH)
    const [one, other] = await Promise.all([read(file, 0, SIZE), read(file, MIB + 3, SIZE - 3)])
    expect(one.equals(BYTES)).toBe(true)
    expect(other.equals(BYTES.subarray(MIB + 3, SIZE - 3))).toBe(true)
    expect(Buffer.from(await file.computeMd5(never)).toString('hex')).toBe(md5Of(BYTES))
  })

  it('stays in the version that was opened if the file is replaced', async () => {
    await store(BYTES)
    await using file = await openFile(fixture.share(), PATH)
    const slices = file.read(0, SIZE, never)
    const first = await slices.next()
    first.value?.block[Symbol.dispose]()
    await store(randomBytes(3 * MIB, 9))
    const parts: Buffer[] = [BYTES.subarray(0, MIB)]
    for await (const { block } of slices) {
      using slice = block
      parts.push(Buffer.from(slice.bytes))
    }
    expect(Buffer.concat(parts).equals(BYTES)).toBe(true)
  })

  it('breaks if another program writes into the file', async () => {
    plant(BYTES)
    await using file = await openFile(fixture.share(), PATH)
    const slices = file.read(0, SIZE, never)
    const first = await slices.next()
    first.value?.block[Symbol.dispose]()
    flipBit(at('f'), 9 * MIB)
    let got = 0
    const rest = async (): Promise<void> => {
      for await (const { block } of slices) {
        using slice = block
        got += slice.length
      }
    }
    await expect(rest()).rejects.toMatchObject({ code: 'changed' })
    expect(got).toBeLessThan(SIZE - MIB)
  })

  it('gives back all memory, whenever it is left', async () => {
    await store(BYTES)
    const { blocks } = fixture.share().hasher
    const before = blocks.taken
    for (let left = 0; left < 4; left++) {
      await using file = await openFile(fixture.share(), PATH)
      let slices = 0
      for await (const { block } of file.read(5, SIZE, never)) {
        block[Symbol.dispose]()
        if (++slices > left) break
      }
    }
    expect(blocks.taken).toBe(before)
  })

  it('that is short is checked, and waits for no large transfer of the same owner', async () => {
    await store(BYTES)
    const share = fixture.share()
    const { blocks } = share
    using held = new DisposableStack()
    for (let block = blocks.tryTake(); block !== undefined; block = blocks.tryTake()) held.use(block)
    const stop = new AbortController()
    const large = blocks.take({ signal: stop.signal }).catch(() => {})
    await using file = await openFile(share, PATH)
    const edge = 3 * MIB
    expect((await read(file, edge - 1, edge + 65_000)).equals(BYTES.subarray(edge - 1, edge + 65_000))).toBe(
      true,
    )
    flipBit(at('f'), edge + 99_000)
    await expect(read(file, edge, edge + 1)).rejects.toMatchObject({
      code: expect.stringMatching('changed|checksum'),
    })
    stop.abort()
    await large
  })

  it('can be read in small pieces, of which those in order cost one check of each block', async () => {
    await store(BYTES)
    await using file = await openFile(fixture.share(), PATH)
    const check = vi.spyOn(fixture.share().hasher, 'check')
    const piece = Buffer.alloc(30_000)
    for (let at = 0; at < SIZE; at += piece.length) {
      const read = await file.readAt(piece, at, never)
      if (!piece.subarray(0, read).equals(BYTES.subarray(at, at + piece.length))) throw new Error(`at ${at}`)
    }
    expect(await file.readAt(piece, SIZE, never)).toBe(0)
    expect(check).toHaveBeenCalledTimes(11)
    check.mockRestore()
    const random = randomNumbers(3)
    for (let number = 0; number < 30; number++) {
      const [at, buffer] = [Math.floor(random() * SIZE), Buffer.alloc(Math.floor(random() * 2.5 * MIB))]
      const read = await file.readAt(buffer, at, never)
      expect(read).toBe(Math.min(buffer.length, SIZE - at))
      if (!buffer.subarray(0, read).equals(BYTES.subarray(at, at + read))) throw new Error(`at ${at}`)
    }
    const both = [Buffer.alloc(100_000), Buffer.alloc(100_000)]
    await Promise.all(both.map((buffer, index) => file.readAt(buffer, index * 5 * MIB + 7, never)))
    for (const [index, buffer] of both.entries())
      expect(buffer.equals(BYTES.subarray(index * 5 * MIB + 7, index * 5 * MIB + 100_007))).toBe(true)
  })

  it('that is read in small pieces occupies no memory soon after the last one', async () => {
    await store(BYTES)
    const { blocks } = fixture.share().hasher
    const before = blocks.taken
    await using file = await openFile(fixture.share(), PATH)
    for (const at of [0, MIB, 2 * MIB]) await file.readAt(Buffer.alloc(MIB - 5), at, never)
    await expect.poll(() => blocks.taken).toBe(before)
    const buffer = Buffer.alloc(100)
    await file.readAt(buffer, 3 * MIB - 5, never)
    expect(buffer.equals(BYTES.subarray(3 * MIB - 5, 3 * MIB + 95))).toBe(true)
  })

  it('keeps nothing but the slice while its reader rests', async () => {
    await store(BYTES)
    const { blocks } = fixture.share().hasher
    const before = blocks.taken
    await using file = await openFile(fixture.share(), PATH)
    const slices = file.read(0, SIZE, never)
    using first = (await slices.next()).value?.block
    await expect.poll(() => blocks.taken).toBe(before + 1)
    const again = Buffer.alloc(1_000)
    await file.readAgain(again, 7)
    expect(again).toEqual(BYTES.subarray(7, 1_007))
    first?.[Symbol.dispose]()
    const parts: Buffer[] = []
    for await (const { block } of slices) {
      using slice = block
      parts.push(Buffer.from(slice.bytes))
    }
    expect(Buffer.concat(parts).equals(BYTES.subarray(MIB))).toBe(true)
  })

  it('comes at the rate of the account, and holds no memory while it waits', async () => {
    await store(BYTES)
    const share = fixture.share()
    const before = share.hasher.blocks.taken
    let [taken, waited] = [0, 0]
    vi.spyOn(fixture.rates, 'presentLimit').mockReturnValue({
      slice: 50_000,
      take: (bytes) => {
        taken += bytes
        expect(share.hasher.blocks.taken).toBe(before)
        return () => (waited++ % 2 === 0 ? 1 : 0)
      },
    })
    await using file = await openFile(share, PATH)
    const parts: Buffer[] = []
    for await (const { block } of file.read(MIB - 5, MIB + 500_000, never)) {
      using slice = block
      expect(slice.length).toBeLessThanOrEqual(50_000)
      parts.push(Buffer.from(slice.bytes))
      expect(Buffer.concat(parts).length).toBe(taken)
    }
    expect(Buffer.concat(parts).equals(BYTES.subarray(MIB - 5, MIB + 500_000))).toBe(true)
    expect(waited).toBe(2 * parts.length)
  })
})

describe('the audit trail', () => {
  it('tells what was read', async () => {
    await store(BYTES)
    fixture.events.length = 0
    {
      await using file = await openFile(fixture.share(), PATH)
      await read(file, 5, 10)
      await read(file, 20, 30)
    }
    {
      await using file = await openFile(fixture.share(), PATH)
      for await (const { block } of file.read(0, SIZE, never)) {
        block[Symbol.dispose]()
        break
      }
    }
    {
      await using _described = await openFile(fixture.share(), PATH)
    }
    await openFile(fixture.share(), parsePath('nothing')).catch((error: TransferError) => error)
    const cannotRead = accountOf('otto', { permissions: ['list'] })
    await expect(openFile(fixture.share(cannotRead), PATH)).rejects.toMatchObject({ code: 'forbidden' })
    expect(fixture.events.map(({ action, outcome, size }) => [action, outcome, size])).toEqual([
      ['get', 'ok', 15],
      ['get', 'unfinished', MIB],
      ['get', 'not_found', undefined],
      ['get', 'forbidden', undefined],
    ])
  })
})
