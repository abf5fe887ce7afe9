import fs from 'node:fs'
import fc from 'fast-check'
import { afterAll, expect, it } from 'vitest'
import { TempDir } from '../../../test/support/temp-dir.ts'
import { systemFiles } from './file-system.ts'
import { TempFile } from './temp-file.ts'

const MIB = 1_048_576
const UNIT = 65_536
const folder = new TempDir()
afterAll(() => folder[Symbol.dispose]())

function create(name: string): TempFile {
  const at = (file: string): string => folder.at(file)
  return TempFile.resume({ fs: systemFiles, self: folder.path, at }, name)
}

it('zeros behind the end of a file take no space, and are read as zeros', async () => {
  using file = create('sparse')
  for (let block = 0; block < 40; block++) await file.write(new Uint8Array(MIB), block * MIB)
  const island = new Uint8Array(MIB)
  island[3 * UNIT] = 1
  await file.write(island, 40 * MIB)
  const { size, blocks } = fs.statSync(folder.at('sparse'))
  expect(size).toBe(41 * MIB)
  expect(blocks * 512).toBeLessThan(MIB)
  const read = new Uint8Array(41 * MIB)
  expect(await file.read(read, 0)).toBe(read.length)
  expect(read.indexOf(1)).toBe(40 * MIB + 3 * UNIT)
  expect(read.lastIndexOf(1)).toBe(40 * MIB + 3 * UNIT)
})

it('blocks that are written at the same time, in any order, are all there; zeros replace what was there', async () => {
  const kinds = fc.array(fc.constantFrom('zeros', 'ones', 'mixed'), { minLength: 2, maxLength: 6 })
  const property = fc.asyncProperty(kinds, fc.infiniteStream(fc.nat(100)), async (blocks, order) => {
    using file = create('concurrent')
    const size = 3 * UNIT + 100
    const contents = blocks.map((kind) =>
      new Uint8Array(size).fill(
        kind === 'zeros' ? 0 : 1,
        kind === 'mixed' ? UNIT : 0,
        kind === 'mixed' ? 2 * UNIT : size,
      ),
    )
    const turns = contents.map((bytes, index) => ({ bytes, index, turn: order.next().value }))
    turns.sort((one, other) => one.turn - other.turn)
    await Promise.all(turns.map(({ bytes, index }) => file.write(bytes, index * size)))
    const read = Buffer.alloc(size * contents.length)
    expect(await file.read(read, 0)).toBe(read.length)
    expect(read.equals(Buffer.concat(contents))).toBe(true)
    await file.write(new Uint8Array(size), 0)
    await file.read(read, 0)
    expect(read.subarray(0, size).every((byte) => byte === 0)).toBe(true)
    file.remove()
  })
  await fc.assert(property, { numRuns: 50 })
})
