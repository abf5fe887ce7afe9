import fs from 'node:fs'
import path from 'node:path'
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { ChaosProxy } from '../support/chaos-proxy.ts'
import { until } from '../support/deadline.ts'
import { MIB, serverPartials, setMtime, writeRandom } from '../support/files.ts'
import { Site } from '../support/site.ts'

const CLIENTS = [0, 1, 2, 3, 4, 5, 6, 7]
const SIZES = [0, 100, MIB - 1, MIB, MIB + 1, 2 * MIB + 5, 4 * MIB + 17]

let site: Site
beforeAll(async () => {
  site = await Site.open({ threads: 2 })
})
afterAll(() => site[Symbol.asyncDispose]())
beforeEach(() => site.clear())

describe('Eight clients at once', () => {
  it('put and get files of all sizes, each byte as it was', async () => {
    await Promise.all(
      CLIENTS.map(async (client) => {
        const folder = path.join(site.home, String(client))
        fs.mkdirSync(folder)
        const names = SIZES.map((_, index) => `${client}-${index}.bin`)
        const files = SIZES.map((size, index) =>
          writeRandom(path.join(folder, names[index] ?? ''), size, client * 10 + index),
        )
        const own = { cwd: folder, config: path.join(folder, 'config') }
        expect(await site.runProcess(['put', ...names], own)).toMatchObject({ code: 0 })
        for (const name of names) fs.rmSync(path.join(folder, name))
        expect(await site.runProcess(['get', ...names], own)).toMatchObject({ code: 0 })
        for (const [index, name] of names.entries()) {
          for (const copy of [path.join(site.root, name), path.join(folder, name)]) {
            expect(fs.readFileSync(copy).equals(files[index] ?? Buffer.alloc(0)), copy).toBe(true)
          }
        }
      }),
    )
    expect(serverPartials(site.root)).toEqual([])
  })

  it('putting one name with --if-exists newer leave the newest', async () => {
    await Promise.all(
      CLIENTS.map(async (client) => {
        const file = path.join(site.home, `${client}.bin`)
        writeRandom(file, client % 2 === 0 ? 100 : 2 * MIB, client)
        setMtime(file, 1_700_000_000_000_000 + ((client * 5) % 8) * 10)
        expect(await site.run(['put', file, '--to', 'one.bin', '--if-exists', 'newer'])).toMatchObject({
          code: 0,
        })
      }),
    )
    const newest = CLIENTS.find((client) => (client * 5) % 8 === 7) ?? 0
    const expected = fs.readFileSync(path.join(site.home, `${newest}.bin`))
    expect(fs.readFileSync(path.join(site.root, 'one.bin')).equals(expected)).toBe(true)
  })
})

describe('Two clients putting one name at the same time', () => {
  it.each([100, 3 * MIB + 1])('leave one of the two files, whole (%i bytes)', async (size) => {
    const files = await putBoth(size, 'replace')
    expect(files.map(({ code }) => code)).toEqual([0, 0])
    const stored = fs.readFileSync(path.join(site.root, 'one.bin'))
    expect(files.filter(({ bytes }) => bytes.equals(stored)).length).toBe(1)
    expect(serverPartials(site.root)).toEqual([])
  })

  it.each([100, 3 * MIB + 1])('that must not exist: exactly one gets it (%i bytes)', async (size) => {
    const files = await putBoth(size, 'fail')
    expect(files.map(({ code }) => code).sort()).toEqual([0, 5])
    const stored = fs.readFileSync(path.join(site.root, 'one.bin'))
    expect(files.find(({ code }) => code === 0)?.bytes.equals(stored)).toBe(true)
  })
})

describe('Two gets into one file at the same time', () => {
  it('do not mix: the second is refused while the first is under way', async () => {
    const bytes = writeRandom(path.join(site.root, 'file.bin'), 4 * MIB, 1)
    await using proxy = await ChaosProxy.start(site.port, () => ({ down: { stallAfter: 2 * MIB } }))
    await using first = site.start(['get', 'file.bin'], { port: proxy.port })
    await proxy.stalled
    const second = await site.run(['get', 'file.bin'], { global: [] })
    expect(second.code).toBe(5)
    expect(second.stderr).toMatch(/another ftp-client is writing .* wait for it, or choose another -o/)
    proxy.release()
    expect(await first.result()).toMatchObject({ code: 0 })
    expect(fs.readFileSync(path.join(site.home, 'file.bin')).equals(bytes)).toBe(true)
    expect(fs.readdirSync(site.home)).toEqual(['file.bin'])
  })
})

/** Two clients with different files of one size; neither is through before the other has begun. */
async function putBoth(size: number, policy: string): Promise<{ code: number | null; bytes: Buffer }[]> {
  await using proxy = await ChaosProxy.start(site.port, () => ({ up: { stallAfter: 300 + size / 2 } }))
  const puts = [1, 2].map(async (client) => {
    const file = path.join(site.home, `${client}.bin`)
    const bytes = writeRandom(file, size, client)
    const own = { port: proxy.port, config: path.join(site.home, `config-${client}`) }
    const { code } = await site.run(['put', file, '--to', 'one.bin', '--if-exists', policy], own)
    return { code, bytes }
  })
  await until('both are under way', () => proxy.stalls === 2)
  proxy.release()
  return await Promise.all(puts)
}
