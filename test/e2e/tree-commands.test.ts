import fs from 'node:fs'
import path from 'node:path'
import { IF_EXISTS, type IfExists } from '@ftp/protocol'
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { MIB, mtimeOf, setMtime } from '../support/files.ts'
import { LocalSite } from '../support/local-site.ts'

const NOW = 1_700_000_000_000_000

/** What each policy does to an existing file, by how the new one differs from it. Times less than 2 µs apart are equal. */
const CASES: [difference: string, fresh: { text: string; mtime: number }, replacing: readonly IfExists[]][] =
  [
    ['older', { text: 'fresh', mtime: NOW - 2 }, ['replace', 'different']],
    ['newer', { text: 'fresh', mtime: NOW + 2 }, ['replace', 'newer', 'different']],
    ['of the same time and size', { text: 'fresh', mtime: NOW }, ['replace']],
    ['of another size only', { text: 'longer than before', mtime: NOW }, ['replace', 'different']],
  ]

let site: LocalSite
beforeAll(async () => {
  site = await LocalSite.open({ threads: 2 })
})
afterAll(() => site[Symbol.asyncDispose]())
beforeEach(() => {
  for (const folder of [site.root, site.home])
    for (const name of fs.readdirSync(folder).filter((each) => each !== '.ftp-server'))
      fs.rmSync(path.join(folder, name), { recursive: true })
})

describe.each(CASES)('--if-exists, with a file that is %s', (_, fresh, replacing) => {
  it.each(['put', 'get', 'mv', 'cp'] as const)('decides what %s does', async (command) => {
    const [from, to] = command === 'put' ? [site.home, site.root] : [site.root, site.home]
    const target = path.join(command === 'mv' || command === 'cp' ? site.root : to, 'target')
    for (const policy of IF_EXISTS) {
      const source = path.join(from, 'source')
      write(source, fresh.text, fresh.mtime)
      write(target, 'stale', NOW)
      const paths = {
        put: [source, '--to', 'target'],
        get: ['source', '-o', target],
        mv: ['source', 'target'],
        cp: ['source', 'target'],
      }
      const { code, events } = await site.run([command, ...paths[command], '--if-exists', policy])
      expect(code, policy).toBe(policy === 'fail' ? 5 : 0)
      const replaced = replacing.includes(policy)
      expect(fs.readFileSync(target, 'utf8'), policy).toBe(replaced ? fresh.text : 'stale')
      expect(mtimeOf(target), policy).toBe(replaced ? fresh.mtime : NOW)
      const renamed = `${target}-1`
      expect(fs.existsSync(renamed), policy).toBe(policy === 'rename')
      if (policy === 'rename') {
        expect([fs.readFileSync(renamed, 'utf8'), mtimeOf(renamed)]).toEqual([fresh.text, fresh.mtime])
        expect(path.basename(String(events.find(({ event }) => event === 'done')?.to))).toBe('target-1')
        fs.rmSync(renamed)
      }
      expect(fs.existsSync(source), policy).toBe(!(command === 'mv' && (replaced || policy === 'rename')))
      if (command !== 'mv' && policy !== 'fail') {
        expect(
          events.some(({ event }) => event === (replaced || policy === 'rename' ? 'done' : 'skipped')),
          policy,
        ).toBe(true)
      }
    }
    const left = [...fs.readdirSync(site.root), ...fs.readdirSync(site.home)]
    expect(left.filter((name) => name.includes('part'))).toEqual([])
  })

  it('does not matter where nothing is in the way', async () => {
    for (const policy of IF_EXISTS) {
      const file = site.local(policy)
      write(file, fresh.text, fresh.mtime)
      expect((await site.run(['put', file, '--if-exists', policy])).code).toBe(0)
      fs.rmSync(file)
      expect((await site.run(['get', policy, '-o', file, '--if-exists', policy])).code).toBe(0)
      expect(mtimeOf(file)).toBe(fresh.mtime)
    }
  })
})

describe('--if-exists rename', () => {
  const large = (fill: number): Buffer => Buffer.alloc(MIB + 5, fill)
  /** What is in a folder, each file by its first byte. */
  const inside = (folder: string): Record<string, number> => {
    const names = fs.readdirSync(folder).filter((name) => name !== '.ftp-server')
    return Object.fromEntries(names.map((name) => [name, fs.readFileSync(path.join(folder, name))[0] ?? -1]))
  }

  it('gives files that come to one name at once a name each, both ways', async () => {
    for (const [index, folder] of ['a', 'b', 'c'].entries()) {
      for (const side of [site.home, site.root]) {
        fs.mkdirSync(path.join(side, folder))
        fs.writeFileSync(path.join(side, folder, 'f.bin'), large(index))
        fs.writeFileSync(path.join(side, folder, 'g'), Buffer.of(index))
      }
    }
    const files = ['a/f.bin', 'b/f.bin', 'c/f.bin', 'a/g', 'b/g', 'c/g']
    const put = ['put', ...files.map(site.local, site), '--if-exists', 'rename', '--to']
    fs.mkdirSync(site.remote('in'))
    const got = site.local('got')
    fs.mkdirSync(got)
    const ends = [
      await site.run([...put, 'in/']),
      await site.run(['get', ...files, '-o', got, '--if-exists', 'rename']),
    ]
    const expected = ['f-1.bin', 'f-2.bin', 'f.bin', 'g', 'g-1', 'g-2']
    for (const [index, folder] of [site.remote('in'), got].entries()) {
      expect(Object.keys(inside(folder)).sort()).toEqual(expected)
      expect(Object.values(inside(folder)).sort()).toEqual([0, 0, 1, 1, 2, 2])
      // Each is told the name that its file has got.
      const done = ends[index]?.events.filter(({ event }) => event === 'done') ?? []
      expect(done).toHaveLength(6)
      for (const { path: from, to } of done)
        expect(inside(folder)[path.basename(String(to))]).toBe(
          'abc'.indexOf(String(from).at(-3 - (String(from).endsWith('g') ? 0 : 4)) ?? ''),
        )
    }
  })

  it('stores a tree beside what is there, and continues its own partials', async () => {
    fs.mkdirSync(site.local('t/d'), { recursive: true })
    for (const name of ['t/a.txt', 't/d/b']) fs.writeFileSync(site.local(name), 'x')
    for (const _ of ['once', 'twice'])
      expect((await site.run(['put', '-r', site.local('t'), '--if-exists', 'rename'])).code).toBe(0)
    expect(fs.readdirSync(site.remote('t'), { recursive: true }).sort()).toEqual([
      'a-1.txt',
      'a.txt',
      'd',
      'd/b',
      'd/b-1',
    ])
    fs.writeFileSync(site.remote('big'), Buffer.alloc(3 * MIB, 7))
    fs.writeFileSync(site.local('big'), 'in the way')
    fs.writeFileSync(site.local('big-1.ftp.part'), Buffer.alloc(2 * MIB, 7))
    const { events } = await site.run(['get', 'big', '-o', site.local('big'), '--if-exists', 'rename'])
    expect(events.find(({ event }) => event === 'done')).toMatchObject({
      to: site.local('big-1'),
      moved: MIB,
    })
    expect(fs.readdirSync(site.home).sort()).toEqual(['big', 'big-1', 't'])
  })
})

describe('Files and directories on the server', () => {
  it('are made, moved, copied and removed', async () => {
    const at = (...names: string[]): string => path.join(site.root, ...names)
    expect((await site.run(['mkdir', 'a/b'])).code).toBe(3)
    expect((await site.run(['mkdir', '-p', 'a/b', 'a/b'])).code).toBe(0)
    expect((await site.run(['mkdir', 'a'])).code).toBe(5)
    fs.writeFileSync(at('a/f'), 'x')
    expect((await site.run(['mv', 'a/f', 'a/b'])).code).toBe(0)
    expect(fs.readdirSync(at('a/b'))).toEqual(['f'])
    expect((await site.run(['mv', 'a', 'a/b'])).code).toBe(2)
    expect((await site.run(['mv', 'a/b', 'c'])).code).toBe(0)
    expect(fs.readdirSync(at('c'))).toEqual(['f'])
    expect((await site.run(['cp', 'c', 'd'])).code).toBe(5)
    expect((await site.run(['cp', '-r', 'c', 'd'])).code).toBe(0)
    expect((await site.run(['cp', 'c/f', 'c', 'd', '-r'])).code).toBe(5)
    expect((await site.run(['cp', '-r', 'd', 'd/e'])).code).toBe(2)
    expect((await site.run(['cp', 'c/f', 'd/g'])).code).toBe(0)
    expect(fs.readdirSync(at('d')).sort()).toEqual(['c', 'f', 'g'])
    expect(fs.readFileSync(at('d/c/f'), 'utf8')).toBe('x')
    expect((await site.run(['rm', '-r', 'd'])).code).toBe(0)
    expect((await site.run(['rm', 'c'])).code).toBe(5)
    expect((await site.run(['rm', 'c/f', 'a'])).code).toBe(0)
    expect((await site.run(['rm', '-r', 'c'])).code).toBe(0)
    expect(fs.readdirSync(site.root)).toEqual(['.ftp-server'])
  })

  it("are listed and counted, without what is the server's own", async () => {
    fs.mkdirSync(path.join(site.root, 'd/e'), { recursive: true })
    fs.writeFileSync(path.join(site.root, 'd/f'), Buffer.alloc(MIB))
    fs.writeFileSync(path.join(site.root, 'g'), 'xyz')
    fs.writeFileSync(path.join(site.root, `.ftp-part-${'0'.repeat(32)}`), 'x')
    const { events } = await site.run(['ls', '-r'])
    const names = events.filter(({ event }) => event === 'entry').map(({ name }) => name)
    expect(names.sort()).toEqual(['d', 'd/e', 'd/f', 'g'])
    expect((await site.run(['du'])).events[0]).toMatchObject({ bytes: MIB + 3, files: 2, directories: 2 })
    expect((await site.run(['du', 'g'])).events[0]).toMatchObject({ bytes: 3, files: 1, directories: 0 })
    expect((await site.run(['stat', 'd/f'])).events[0]).toMatchObject({ type: 'file', size: MIB })
  })
})

function write(file: string, text: string, mtime: number): void {
  fs.writeFileSync(file, text)
  setMtime(file, mtime)
}
