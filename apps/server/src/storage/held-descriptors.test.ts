import fs from 'node:fs'
import { FEW_BYTES, systemFiles } from '@ftp/files'
import { parsePath, TransferError } from '@ftp/protocol'
import { afterEach, beforeEach, expect, it } from 'vitest'
import { intercepted } from '../../../../test/support/intercepted-files.ts'
import { TempDir } from '../../../../test/support/temp-dir.ts'
import { Disk } from './disk.ts'

/** How many descriptors the operations hold at once that could hold many. */

const ALLOWED = 6
/** Those of a path that is being walked: the directory above and the next one, and the home. */
const WALKING = 3
const DIRECTORIES = Array.from({ length: 20 }, (_, at) => `d${at}`)

let folder: TempDir
let disk: Disk
let open: number
let most: number
/** The read that fails, counted from 1; 0 for none. */
let broken: number

beforeEach(() => {
  folder = new TempDir()
  for (const directory of DIRECTORIES) folder.folder(directory)
  const files = intercepted(systemFiles, (call, proceed) => {
    if (call === 'read' && broken-- === 1) throw Object.assign(new Error('EIO'), { code: 'EIO' })
    const result = proceed()
    if (call === 'open') most = Math.max(most, ++open)
    if (call === 'close') open--
    return result
  })
  open = 0
  disk = new Disk(folder.path, (action) => action(), { fs: files, descriptors: ALLOWED })
  // The root's own stays open.
  open = 0
  most = 0
  broken = 0
})
afterEach(() => {
  expect(open).toBe(0)
  disk[Symbol.dispose]()
  folder[Symbol.dispose]()
})

it.each([10, FEW_BYTES + 1])(
  'storeAll and readAll of files of %i bytes in many directories',
  async (size) => {
    const bytes = (at: number): Uint8Array => new Uint8Array(size).fill(at)
    const files = DIRECTORIES.map((directory, at) => ({
      path: parsePath(`${directory}/f`),
      bytes: bytes(at),
      ifExists: 'fail' as const,
    }))
    const stored = await Promise.all([disk.storeAll(files), disk.storeAll(files)])
    for (const [at] of files.entries()) {
      const both = stored.map((all) => all[at])
      expect(both.filter((one) => one instanceof TransferError).map(({ code }) => code)).toEqual(['exists'])
    }
    expect(most).toBeLessThanOrEqual(ALLOWED + WALKING)
    most = 0
    const paths = files.map(({ path }) => path)
    const read = await disk.readAll(paths, new Uint8Array(size * files.length))
    expect(read.map((one) => !(one instanceof TransferError) && one.bytes)).toEqual(
      files.map(({ bytes }) => bytes),
    )
    expect(most).toBeLessThanOrEqual(ALLOWED + WALKING)
    const again = await disk.readAll(paths, new Uint8Array(size * 2))
    // Whether a file is settled depends on how long all of this has taken.
    const settled = { settled: expect.any(Boolean) }
    expect(again.slice(0, 2)).toEqual(read.slice(0, 2).map((one) => ({ ...one, ...settled })))
    expect(await disk.readAll(paths, new Uint8Array(size * 9))).toHaveLength(9)
  },
)

it('readAll keeps what it has read where another file beside it fails', async () => {
  const size = FEW_BYTES + 1
  for (const [at, directory] of DIRECTORIES.entries())
    fs.writeFileSync(folder.at(`${directory}/f`), new Uint8Array(size).fill(at))
  broken = 1
  const buffer = new Uint8Array(size * DIRECTORIES.length)
  const read = await disk.readAll(
    DIRECTORIES.map((directory) => parsePath(`${directory}/f`)),
    buffer,
  )
  expect(
    read.map((one) => one instanceof TransferError || one.bytes?.every((byte) => byte === one.bytes?.[0])),
  ).toEqual(read.map(() => true))
  expect(read.map((one) => (one instanceof TransferError ? 0 : one.bytes?.[0]))).toEqual([
    ...DIRECTORIES.keys(),
  ])
  expect(read.filter((one) => one instanceof TransferError)).toHaveLength(1)
})

it('remove of a deep tree', async () => {
  const deep = Array.from({ length: 40 }, (_, depth) => `n${depth}`)
  fs.mkdirSync(folder.at(deep.join('/')), { recursive: true })
  for (let depth = 1; depth <= deep.length; depth++)
    fs.writeFileSync(folder.at(`${deep.slice(0, depth).join('/')}/file`), 'x')
  await disk.remove(parsePath('n0'), true)
  expect(fs.existsSync(folder.at('n0'))).toBe(false)
  expect(most).toBeLessThanOrEqual(2 + WALKING)
})
