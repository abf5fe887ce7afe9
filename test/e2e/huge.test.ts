import { execFile } from 'node:child_process'
import fs from 'node:fs'
import path from 'node:path'
import { promisify } from 'node:util'
import { describe, expect, it } from 'vitest'
import { MIB, randomBytes, writeSparse } from '../support/files.ts'
import { Site } from '../support/site.ts'

const run = promisify(execFile)
const SIZE = 5 * 1024 * MIB
/** Bytes that show where 32-bit offsets would have put them. */
const ISLANDS = new Map([
  [0, randomBytes(100, 1)],
  [2 ** 31 - 50, randomBytes(100, 2)],
  [2 ** 32 - 50, randomBytes(100, 3)],
  [SIZE - 100, randomBytes(100, 4)],
])

describe('A file of 5 GiB', () => {
  it('arrives on the server and comes back as it was', { timeout: 600_000 }, async () => {
    await using site = await Site.open()
    const local = path.join(site.home, 'huge.bin')
    writeSparse(local, SIZE, ISLANDS)
    const [sum, put] = await Promise.all([run('md5sum', [local]), site.run(['put', 'huge.bin'])])
    const md5 = sum.stdout.slice(0, 32)
    expect(put).toMatchObject({ code: 0, stderr: '' })
    expect(put.events).toContainEqual(
      expect.objectContaining({ event: 'done', path: 'huge.bin', bytes: SIZE, md5 }),
    )

    const got = await site.run(['get', 'huge.bin', '-o', 'back.bin'])
    expect(got).toMatchObject({ code: 0, stderr: '' })
    expect(got.events).toContainEqual(
      expect.objectContaining({ event: 'done', path: 'huge.bin', bytes: SIZE, md5 }),
    )

    fs.rmSync(path.join(site.root, 'huge.bin'))
    await run('cmp', [local, path.join(site.home, 'back.bin')])
  })
})
