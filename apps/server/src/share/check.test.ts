import { createHash } from 'node:crypto'
import fs from 'node:fs'
import { BLOCK_SIZE } from '@ftp/md5'
import { parsePath } from '@ftp/protocol'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { flipBit, randomBytes } from '../../../../test/support/files.ts'
import { TempDir } from '../../../../test/support/temp-dir.ts'
import { openDatabase } from '../databases/sqlite/database.ts'
import { Digests } from '../databases/sqlite/digests.ts'
import { Disk } from '../storage/disk.ts'
import { Checker, type Finding } from './check.ts'

let folder: TempDir
let disk: Disk
let digests: Digests
beforeAll(() => {
  folder = new TempDir()
  disk = new Disk(folder.folder('root'), (action) => action())
  digests = new Digests(openDatabase(folder.at('state.db')))
})
afterAll(() => {
  disk[Symbol.dispose]()
  folder[Symbol.dispose]()
})

const SIZES = [0, 1, 4_000, BLOCK_SIZE - 1, BLOCK_SIZE, BLOCK_SIZE + 1, 2 * BLOCK_SIZE]

it.each(SIZES)(
  'a file of %i bytes is right, all of it has been read, and one that rots is damaged',
  async (size) => {
    const bytes = randomBytes(size, size)
    const file = folder.at('root', String(size))
    fs.writeFileSync(file, bytes)
    const path = parsePath(String(size))
    const check = async (): Promise<[Finding, number]> => {
      let read = 0
      const finding = await new Checker(disk, digests).check(path, (more) => {
        read += more
      })
      return [finding, read]
    }
    expect(await check()).toEqual([{ type: 'unknown' }, 0])
    const { version } = disk.stat(path)
    digests.save(version, { chain: new Uint8Array(0), md5: createHash('md5').update(bytes).digest() })
    expect(await check()).toEqual([{ type: 'right', bytes: size }, size])
    if (size === 0) return
    flipBit(file, size - 1)
    fs.utimesSync(file, 1_600_000_000, 1_600_000_000)
    digests.save(disk.stat(path).version, {
      chain: new Uint8Array(0),
      md5: createHash('md5').update(bytes).digest(),
    })
    expect((await check())[0]).toMatchObject({ type: 'damaged' })
  },
)
