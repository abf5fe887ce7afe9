import { execFileSync } from 'node:child_process'
import fs from 'node:fs'
import { BLOCK_SIZE, Hasher } from '@ftp/md5'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { content } from '../../../../../test/support/chain.ts'
import { mtimeOf, setMtime } from '../../../../../test/support/files.ts'
import { TempDir } from '../../../../../test/support/temp-dir.ts'
import { FileSource } from './source.ts'

const MTIME = 1_600_000_000_123_457
const BYTES = content(2 * BLOCK_SIZE + 100)

const { blocks } = new Hasher()

let folder: TempDir
let file: string
beforeEach(() => {
  folder = new TempDir()
  file = folder.at('f')
  fs.writeFileSync(file, BYTES, { mode: 0o640 })
  setMtime(file, MTIME)
})
afterEach(() => {
  folder[Symbol.dispose]()
  expect(blocks.taken).toBe(0)
})

describe('a file as a source', () => {
  it.each([0, 1, BLOCK_SIZE - 1, BLOCK_SIZE, BLOCK_SIZE + 1, 2 * BLOCK_SIZE])(
    'of %i bytes gives its blocks in any order, the last one marked',
    async (size) => {
      const bytes = BYTES.subarray(0, size)
      fs.writeFileSync(file, bytes)
      using source = new FileSource(file)
      expect(source).toMatchObject({ length: size, mtime: mtimeOf(file), mode: 0o640 })
      const count = Math.max(1, Math.ceil(size / BLOCK_SIZE))
      for (let index = count - 1; index >= 0; index--) {
        const { block, last } = await source.block(index, blocks)
        using piece = block
        expect(Buffer.from(piece.bytes)).toEqual(
          Buffer.from(bytes.subarray(index * BLOCK_SIZE, (index + 1) * BLOCK_SIZE)),
        )
        expect(last).toBe(index === count - 1)
      }
    },
  )

  it.each<[string, () => void]>([
    ['grown', () => fs.appendFileSync(file, 'x')],
    ['shrunk', () => fs.truncateSync(file, BLOCK_SIZE + 1)],
    ['been written in place', () => fs.writeFileSync(file, 'X', { flag: 'r+' })],
    [
      'been written in place, and its time set back',
      () => {
        fs.writeFileSync(file, 'X', { flag: 'r+' })
        setMtime(file, MTIME)
      },
    ],
    ['got another time', () => fs.utimesSync(file, 5, 5)],
  ])('that has %s since it was opened fails at its end with changed', async (_, change) => {
    using source = new FileSource(file)
    const { block } = await source.block(0, blocks)
    using _first = block
    change()
    await expect(source.block(2, blocks)).rejects.toMatchObject({ code: 'changed' })
  })

  it('that shrinks is not padded in the middle either', async () => {
    using source = new FileSource(file)
    fs.truncateSync(file, 10)
    await expect(source.block(0, blocks)).rejects.toMatchObject({ code: 'changed' })
  })

  it('has a version that any change changes', () => {
    using before = new FileSource(file)
    using same = new FileSource(file)
    expect(same.version).toBe(before.version)
    execFileSync('cp', ['--preserve=all', file, folder.at('copy')])
    fs.renameSync(folder.at('copy'), file)
    using after = new FileSource(file)
    expect(after.version).not.toBe(before.version)
  })

  it('is refused at once where it is none', () => {
    execFileSync('mkfifo', [folder.at('pipe')])
    const refusals = { pipe: 'not_file', '': 'is_directory', no: 'not_found' }
    for (const [name, code] of Object.entries(refusals))
      expect(() => new FileSource(folder.at(name))).toThrow(expect.objectContaining({ code }))
  })
})
