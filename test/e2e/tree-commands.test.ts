import fs from 'node:fs'
import path from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { MIB, mtimeOf, setMtime } from '../support/files.ts'
import { LocalSite } from '../support/local-site.ts'

const POLICIES = ['replace', 'fail', 'skip', 'newer', 'different'] as const
type Policy = (typeof POLICIES)[number]
const NOW = 1_700_000_000_000_000

/** What each policy does to an existing file, by how the new one differs from it. */
const CASES: [difference: string, fresh: { text: string; mtime: number }, replacing: readonly Policy[]][] = [
  ['older', { text: 'fresh', mtime: NOW - 1 }, ['replace', 'different']],
  ['newer', { text: 'fresh', mtime: NOW + 1 }, ['replace', 'newer', 'different']],
  ['of the same time and size', { text: 'fresh', mtime: NOW }, ['replace']],
  ['of another size only', { text: 'longer than before', mtime: NOW }, ['replace', 'different']],
]

let site: LocalSite
beforeEach(async () => {
  site = await LocalSite.open()
})
afterEach(() => site[Symbol.asyncDispose]())

describe.each(CASES)('--if-exists, with a file that is %s', { timeout: 60_000 }, (_, fresh, replacing) => {
  it.each(['put', 'get', 'mv'] as const)('decides what %s does', async (command) => {
    const [from, to] = command === 'put' ? [site.home, site.root] : [site.root, site.home]
    const target = path.join(command === 'mv' ? site.root : to, 'target')
    for (const policy of POLICIES) {
      const source = path.join(from, 'source')
      write(source, fresh.text, fresh.mtime)
      write(target, 'stale', NOW)
      const paths = {
        put: [source, '--to', 'target'],
        get: ['source', '-o', target],
        mv: ['source', 'target'],
      }
      const { code, events } = await site.run([command, ...paths[command], '--if-exists', policy])
      expect(code, policy).toBe(policy === 'fail' ? 5 : 0)
      const replaced = replacing.includes(policy)
      expect(fs.readFileSync(target, 'utf8'), policy).toBe(replaced ? fresh.text : 'stale')
      expect(mtimeOf(target), policy).toBe(replaced ? fresh.mtime : NOW)
      expect(fs.existsSync(source), policy).toBe(!(command === 'mv' && replaced))
      if (command !== 'mv' && policy !== 'fail') {
        expect(
          events.some(({ event }) => event === (replaced ? 'done' : 'skipped')),
          policy,
        ).toBe(true)
      }
    }
    const left = [...fs.readdirSync(site.root), ...fs.readdirSync(site.home)]
    expect(left.filter((name) => name.includes('part'))).toEqual([])
  })

  it('does not matter where nothing is in the way', async () => {
    for (const policy of POLICIES) {
      const file = site.local(policy)
      write(file, fresh.text, fresh.mtime)
      expect((await site.run(['put', file, '--if-exists', policy])).code).toBe(0)
      fs.rmSync(file)
      expect((await site.run(['get', policy, '-o', file, '--if-exists', policy])).code).toBe(0)
      expect(mtimeOf(file)).toBe(fresh.mtime)
    }
  })
})

describe('Files and directories on the server', { timeout: 30_000 }, () => {
  it('are made, moved and removed', async () => {
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
