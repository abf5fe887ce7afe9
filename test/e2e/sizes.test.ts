import fs from 'node:fs'
import path from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { MIB, md5Of, mtimeOf, setMtime, writeRandom } from '../support/files.ts'
import { Site } from '../support/site.ts'

const SIZES = [0, 1, 63, 64, 65, MIB - 1, MIB, MIB + 1, 5 * MIB + 17]
/** With a microsecond that floating-point seconds easily get wrong. */
const MTIME = 1_700_000_001_123_457
const MODE = 0o751

let site: Site
beforeAll(async () => {
  site = await Site.open()
})
afterAll(() => site[Symbol.asyncDispose]())

describe('A file', () => {
  it.each(SIZES)('of %i bytes arrives on the server and comes back as it was', async (size) => {
    const local = path.join(site.home, 'sent', `${size}.bin`)
    fs.mkdirSync(path.dirname(local), { recursive: true })
    const bytes = writeRandom(local, size, size)
    fs.chmodSync(local, MODE)
    setMtime(local, MTIME)

    const put = await site.run(['put', local])
    expect(put).toMatchObject({ code: 0, stderr: '' })
    expect(put.events).toContainEqual(
      expect.objectContaining({ event: 'done', path: local, bytes: size, md5: md5Of(bytes) }),
    )
    expectFile(path.join(site.root, `${size}.bin`), bytes, MODE)

    const got = await site.run(['get', `${size}.bin`])
    expect(got).toMatchObject({ code: 0, stderr: '' })
    expect(got.events).toContainEqual(
      expect.objectContaining({
        event: 'done',
        path: `${size}.bin`,
        bytes: size,
        md5: md5Of(bytes),
      }),
    )
    expectFile(path.join(site.home, `${size}.bin`), bytes, MODE & ~process.umask())
  })

  it('replaces a longer and a shorter one of its name, on both sides', async () => {
    for (const size of [3 * MIB, 10, 2 * MIB]) {
      const bytes = writeRandom(path.join(site.home, 'changing.bin'), size, size)
      expect(await site.run(['put', 'changing.bin'])).toMatchObject({ code: 0 })
      expect(fs.readFileSync(path.join(site.root, 'changing.bin')).equals(bytes)).toBe(true)
      expect(await site.run(['get', 'changing.bin', '-o', 'fetched.bin'])).toMatchObject({ code: 0 })
      expect(fs.readFileSync(path.join(site.home, 'fetched.bin')).equals(bytes)).toBe(true)
    }
  })

  it('leaves nothing beside it on either side', () => {
    const strangers = [site.home, site.root]
      .flatMap((folder) => fs.readdirSync(folder))
      .filter((name) => !/^(\d+|changing|fetched)\.bin$|^sent$|^\.ftp-server$/.test(name))
    expect(strangers).toEqual([])
  })
})

function expectFile(file: string, bytes: Buffer, mode: number): void {
  expect(fs.readFileSync(file).equals(bytes)).toBe(true)
  expect(fs.statSync(file).mode & 0o777).toBe(mode)
  expect(mtimeOf(file)).toBe(MTIME)
}
