import fs from 'node:fs'
import path from 'node:path'
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { ChaosProxy } from '../support/chaos-proxy.ts'
import { until } from '../support/deadline.ts'
import { MIB, randomBytes, setMtime, treeOf, writeRandom } from '../support/files.ts'
import type { Result } from '../support/program.ts'
import { Site } from '../support/site.ts'

let site: Site
beforeAll(async () => {
  site = await Site.open({ threads: 2 })
})
afterAll(() => site[Symbol.asyncDispose]())
beforeEach(() => site.clear())

const QUIET = { global: ['-q'] }

describe('put and get', () => {
  it('move several large files at once, over as many connections as -j says', async () => {
    const names = Array.from({ length: 12 }, (_, index) => `${index}.bin`)
    for (const [index, name] of names.entries()) writeRandom(local(name), MIB + 1 + index * 5_000, index)
    // Each connection stands still in the middle of its first file: nobody is through before all have begun.
    let stalls = true
    await using proxy = await ChaosProxy.start(site.port, () =>
      stalls ? { up: { stallAfter: MIB / 2 } } : {},
    )
    await using put = site.start(['put', '-j', '3', ...names], { port: proxy.port })
    await until('three at once', () => proxy.stalls === 3)
    stalls = false
    proxy.release()
    const { code, events } = await put.result()
    expect(code).toBe(0)
    expect(events.at(-1)).toMatchObject({ event: 'summary', done: 12, failed: 0, skipped: 0, exitCode: 0 })
    expect(proxy.connections).toBe(3)
    let [running, most] = [0, 0]
    for (const { event } of events) {
      if (event === 'start') most = Math.max(most, ++running)
      if (event === 'done') running--
    }
    expect(most).toBeGreaterThanOrEqual(3)
    expect(most).toBeLessThanOrEqual(8)
    expect((await site.run(['get', '-j', '3', '-o', 'back/', ...names])).code).toBe(0)
    for (const name of names)
      expect(fs.readFileSync(local('back', name)).equals(fs.readFileSync(local(name)))).toBe(true)
  })

  it('carry a stream of any length in and out', async () => {
    const longest = 3 * MIB + 17
    for (const size of [0, 1, MIB - 1, MIB, MIB + 1, 3 * MIB, longest]) {
      // Only a process has pipes, through which a stream comes in pieces.
      const run = (args: string[], options: object): Promise<Result> =>
        size === longest ? site.runProcess(args, options) : site.run(args, options)
      const input = randomBytes(size, size)
      const put = await run(['put', '-', '--to', 'stream.bin'], { ...QUIET, input })
      expect(put.code).toBe(0)
      expect(fs.readFileSync(remote('stream.bin')).equals(input)).toBe(true)
      for (const command of [
        ['get', 'stream.bin', '-o', '-'],
        ['cat', 'stream.bin'],
      ]) {
        const got = await run(command, QUIET)
        expect(got).toMatchObject({ code: 0, stderr: '' })
        expect(got.stdout.equals(input)).toBe(true)
      }
    }
  })

  it('put where cp would: into a directory, or under a new name', async () => {
    fs.writeFileSync(local('f'), 'content')
    fs.mkdirSync(remote('dir'))
    for (const [to, there] of [
      ['dir', 'dir/f'],
      ['dir/', 'dir/f'],
      ['dir/g', 'dir/g'],
      ['/', 'f'],
      ['/dir/./x/../h', 'dir/h'],
      ['new', 'new'],
    ] as const) {
      fs.rmSync(remote(there), { force: true })
      expect((await site.run(['put', 'f', '--to', to])).code).toBe(0)
      expect(fs.readFileSync(remote(there), 'utf8')).toBe('content')
    }
    for (const [output, here] of [
      ['sub', 'sub/g'],
      ['sub/', 'sub/g'],
      ['other', 'other'],
      ['sub/new', 'sub/new'],
    ] as const) {
      fs.mkdirSync(local('sub'), { recursive: true })
      expect((await site.run(['get', 'dir/g', '-o', output])).code).toBe(0)
      expect(fs.readFileSync(local(here), 'utf8')).toBe('content')
    }
    expect((await site.run(['put', 'f', 'sub/new', '--to', 'made'])).code).toBe(0)
    expect(fs.readdirSync(remote('made')).sort()).toEqual(['f', 'new'])
    expect((await site.run(['put', 'f', 'sub/new', '--to', 'f'])).code).toBe(5)
  })

  it('carry whole trees, with empty directories and hidden files', async () => {
    fs.mkdirSync(local('tree/empty/deeper'), { recursive: true })
    fs.mkdirSync(local('tree/.hidden'))
    for (const [index, name] of ['a', '.b', '.hidden/c', 'empty.txt', 'ü 😀'].entries()) {
      writeRandom(local('tree', name), index * 400_000, index)
      setMtime(local('tree', name), 1_500_000_000_000_001 + index)
      fs.chmodSync(local('tree', name), 0o640)
    }
    fs.symlinkSync('a', local('tree/link'))
    const put = await site.run(['put', '-r', 'tree'])
    // The link is told of and left out; everything else is there.
    expect(put.code).toBe(0)
    expect(put.events).toContainEqual({ event: 'left-out', path: 'tree/link', type: 'symlink' })
    fs.rmSync(local('tree/link'))
    const sent = treeOf(local('tree'))
    expect(treeOf(remote('tree'))).toEqual(sent)
    expect((await site.run(['get', '-r', 'tree', '-o', 'copy'])).code).toBe(0)
    expect(treeOf(local('copy'))).toEqual(sent)
    fs.mkdirSync(local('into'))
    expect((await site.run(['get', '-r', 'tree', '-o', 'into'])).code).toBe(0)
    expect(treeOf(local('into/tree'))).toEqual(sent)
    expect((await site.run(['put', '-r', 'tree', '--to', 'tree'])).code).toBe(0)
    expect(treeOf(remote('tree/tree'))).toEqual(sent)
  })

  it('go on when one of several fails, and end with the smallest code that is not 1', async () => {
    fs.writeFileSync(local('f'), 'x')
    fs.mkdirSync(local('dir'))
    const put = await site.run(['put', 'dir', 'missing', 'f', 'con'])
    expect(put.code).toBe(2)
    expect(fs.readFileSync(remote('f'), 'utf8')).toBe('x')
    expect(
      put.events
        .filter(({ event }) => event === 'error')
        .map(({ code }) => code)
        .sort(),
    ).toEqual(['is_directory', 'name', 'not_found'])
    expect(put.events.at(-1)).toMatchObject({ event: 'summary', done: 1, failed: 3, exitCode: 2 })

    fs.mkdirSync(remote('dir'))
    const got = await site.run(['get', 'dir', 'missing', 'f', '-o', 'dir'])
    expect(got.code).toBe(3)
    expect(fs.readFileSync(local('dir/f'), 'utf8')).toBe('x')
    expect(got.events.at(-1)).toMatchObject({ event: 'summary', done: 1, failed: 2, exitCode: 3 })
  })
})

function local(...names: string[]): string {
  return path.join(site.home, ...names)
}

function remote(...names: string[]): string {
  return path.join(site.root, ...names)
}
