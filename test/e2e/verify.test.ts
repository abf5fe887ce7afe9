import { execFileSync } from 'node:child_process'
import fs from 'node:fs'
import path from 'node:path'
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { MIB, writeRandom } from '../support/files.ts'
import { Site } from '../support/site.ts'

let site: Site
beforeAll(async () => {
  site = await Site.open()
})
beforeEach(() => {
  site.clear()
  for (const side of [site.home, site.root]) {
    fs.mkdirSync(path.join(side, 'tree/deep'), { recursive: true })
    for (const [index, name] of ['a b', 'tree/c', 'tree/deep/back\\slash'].entries())
      writeRandom(path.join(side, name), index * MIB + 5, index)
  }
})
afterAll(() => site[Symbol.asyncDispose]())

describe('verify', () => {
  it('says of each file that it is the same on the server, and moves none', async () => {
    const { code, stdout, stderr } = await site.run(['verify', 'a b', 'tree'], { global: [] })
    expect([code, stdout.toString(), stderr]).toEqual([
      0,
      'a b: the same\ntree/c: the same\ntree/deep/back\\slash: the same\n',
      '3 of 3 the same\n',
    ])
    const elsewhere = await site.run(['verify', 'tree', 'a b', '--to', 'tree'], { global: [] })
    expect([elsewhere.code, elsewhere.stderr]).toEqual([
      3,
      'ftp-client: "tree" is not on the server, where it would be "tree/tree"\n' +
        'ftp-client: "a b" is not on the server, where it would be "tree/a b"\n0 of 2 the same, 2 not\n',
    ])
    expect((await site.run(['verify', 'tree/c', '--to', 'tree/c'])).code).toBe(0)
  })

  it('finds what differs and what is missing', async () => {
    writeRandom(path.join(site.root, 'tree/c'), MIB + 5, 77)
    const differing = await site.run(['verify', 'tree'])
    expect(differing.code).toBe(7)
    expect(differing.events.filter(({ event }) => event === 'error')).toEqual([
      expect.objectContaining({ path: 'tree/c', code: 'checksum' }),
    ])
    expect(differing.events.at(-1)).toMatchObject({ done: 1, failed: 1, exitCode: 7 })
    fs.rmSync(path.join(site.root, 'a b'))
    expect((await site.run(['verify', 'a b', 'tree'])).code).toBe(3)
    expect((await site.run(['verify', 'gone'])).code).toBe(3)
  })

  it('takes a list of md5sum, from a file or a pipe', async () => {
    const list = execFileSync('md5sum', ['a b', 'tree/c', 'tree/deep/back\\slash'], { cwd: site.home })
    fs.writeFileSync(path.join(site.home, 'MD5SUMS'), list)
    expect((await site.run(['verify', '--sums', 'MD5SUMS'])).events.at(-1)).toMatchObject({
      done: 3,
      exitCode: 0,
    })
    writeRandom(path.join(site.root, 'a b'), 5, 99)
    expect((await site.run(['verify', '--sums', '-'], { input: list })).code).toBe(7)
    expect((await site.run(['verify', '--sums', '-'], { input: Buffer.from('nonsense') })).code).toBe(2)
    expect((await site.run(['verify'])).code).toBe(2)
  })
})
