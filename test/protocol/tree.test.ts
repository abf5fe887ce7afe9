import fs from 'node:fs'
import type { Entry } from '@ftp/protocol'
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { content, wholePut } from '../support/chain.ts'
import { RawClient } from '../support/raw-client.ts'
import { ServedFolder } from '../support/served-folder.ts'

/** The tree: PROTOCOL.md, section 12, against a real server. */
let folder: ServedFolder
let client: RawClient

beforeAll(async () => {
  folder = await ServedFolder.start()
})
afterAll(() => folder[Symbol.asyncDispose]())
beforeEach(async () => {
  client = await RawClient.login(folder.server)
  return () => client[Symbol.asyncDispose]()
})

const FILE = content(5)

async function listAll(
  path: string,
  more: object = {},
): Promise<{ entries: Entry[]; pages: number; unnamable: number }> {
  client.request({ type: 'list', path, ...more })
  const entries: Entry[] = []
  for (let pages = 1; ; pages++) {
    const { reply } = await client.take('entries')
    entries.push(...reply.entries)
    if (reply.last) return { entries, pages, unnamable: reply.unnamable ?? 0 }
    expect(reply.unnamable).toBeUndefined()
  }
}

describe('listings', () => {
  it('P-12.1, P-7.1: a long listing comes in pages, each entry once', async () => {
    const names = Array.from({ length: 300 }, (_, i) => `${i}-${'ü'.repeat(100)}`)
    for (const name of names) folder.write(`pages/${name}`, FILE)
    fs.chmodSync(folder.at(`pages/${names[0]}`), 0o640)
    const { entries, pages, unnamable } = await listAll('pages')
    expect(pages).toBeGreaterThan(1)
    expect(unnamable).toBe(0)
    expect(entries.map(({ name }) => name).toSorted()).toEqual(names.toSorted())
    const stats = fs.statSync(folder.at(`pages/${names[0]}`), { bigint: true })
    const expected = { type: 'file', size: 5, mode: 0o640, mtime: Number(stats.mtimeNs / 1000n) }
    expect(entries.find(({ name }) => name === names[0])).toMatchObject(expected)
  })

  it('P-12.1: recursively, directories come before what is in them, under relative names', async () => {
    folder.write('deep/a/b/c.txt', FILE)
    folder.write('deep/d.txt', FILE)
    fs.mkdirSync(folder.at('deep/empty'))
    const names = (await listAll('deep', { recursive: true })).entries.map(({ name }) => name)
    expect(names.toSorted()).toEqual(['a', 'a/b', 'a/b/c.txt', 'd.txt', 'empty'])
    expect(names.indexOf('a')).toBeLessThan(names.indexOf('a/b'))
    expect(names.indexOf('a/b')).toBeLessThan(names.indexOf('a/b/c.txt'))
    expect(await client.ask({ type: 'list', path: 'deep/d.txt' }, 'error')).toMatchObject({
      code: 'not_directory',
    })
    expect(await client.ask({ type: 'usage', path: 'deep' }, 'usage')).toMatchObject({
      bytes: 10,
      files: 2,
      directories: 3,
    })
  })

  it('P-12.2, P-7.6: the names of the server are in no listing, and names of no path are counted', async () => {
    folder.write('odd/fine.txt', FILE)
    for (const name of ['new\nline', '\u202ertl', '.FTP-SERVER', '.ftp-part-0123'])
      folder.write(`odd/${name}`, FILE)
    fs.writeFileSync(Buffer.concat([Buffer.from(folder.at('odd/')), Buffer.from([0x66, 0xff])]), FILE)
    const { entries, unnamable } = await listAll('odd')
    expect(entries.map(({ name }) => name)).toEqual(['fine.txt'])
    expect(unnamable).toBe(4)
    expect((await listAll('')).entries.map(({ name }) => name)).not.toContain('.ftp-server')
  })
})

describe('changes', () => {
  it('P-12.3, P-12.6: mkdir makes one directory, with parents all that are missing', async () => {
    await client.ask({ type: 'mkdir', path: 'made' }, 'done')
    expect(await client.ask({ type: 'mkdir', path: 'made' }, 'error')).toMatchObject({ code: 'exists' })
    expect(await client.ask({ type: 'mkdir', path: 'no/no' }, 'error')).toMatchObject({ code: 'not_found' })
    for (let i = 0; i < 2; i++) await client.ask({ type: 'mkdir', path: 'made/a/b', parents: true }, 'done')
    expect(fs.statSync(folder.at('made/a/b')).isDirectory()).toBe(true)
    folder.write('made/file', FILE)
    expect(await client.ask({ type: 'mkdir', path: 'made/file', parents: true }, 'error')).toMatchObject({
      code: 'exists',
    })
    expect(await client.ask({ type: 'mkdir', path: 'made/file/x', parents: true }, 'error')).toMatchObject({
      code: expect.stringMatching(/exists|not_directory/),
    })
    expect(await client.ask({ type: 'mkdir', path: '' }, 'error')).toMatchObject({ code: 'exists' })
    await client.ask({ type: 'mkdir', path: '', parents: true }, 'done')
  })

  it('P-12.9: setstat gives files and directories their time and permission bits', async () => {
    const attributes = { mtime: 1_700_000_000_123_456, mode: 0o005 }
    folder.write('dated/file', FILE)
    for (const [path, mode] of [
      ['dated/file', 0o005],
      ['dated', 0o705],
    ] as const) {
      await client.ask({ type: 'setstat', path, ...attributes }, 'done')
      const entry = { mtime: attributes.mtime, mode }
      expect(await client.ask({ type: 'stat', path }, 'entry')).toMatchObject({ entry })
      await client.ask({ type: 'setstat', path, mode: 0o750 }, 'done')
      await client.ask({ type: 'setstat', path }, 'done')
      expect(await client.ask({ type: 'stat', path }, 'entry')).toMatchObject({
        entry: { ...entry, mode: 0o750 },
      })
    }
    fs.symlinkSync('file', folder.at('dated/link'))
    const refused = [
      [{ path: '', ...attributes }, 'forbidden'],
      [{ path: 'dated/link', ...attributes }, 'not_file'],
      [{ path: 'dated/gone', ...attributes }, 'not_found'],
      [{ path: 'dated', mode: 0o1777 }, 'bad_request'],
    ] as const
    for (const [fields, code] of refused)
      expect(await client.ask({ type: 'setstat', ...fields }, 'error')).toMatchObject({ code })
  })

  it('P-12.9: what is known of the content of a file outlives new permission bits, not a new time', async () => {
    await client.ask(wholePut('known', FILE), 'stored', FILE)
    const known = async (): Promise<boolean> =>
      (await client.ask({ type: 'stat', path: 'known' }, 'entry')).entry.md5 !== undefined
    expect(await known()).toBe(true)
    await client.ask({ type: 'setstat', path: 'known', mode: 0o600 }, 'done')
    expect(await known()).toBe(true)
    await client.ask({ type: 'setstat', path: 'known', mtime: 1_000_000 }, 'done')
    expect(await known()).toBe(false)
  })

  it('P-12.4, P-12.6: remove takes a full directory only when told so, and never the home', async () => {
    folder.write('gone/a/b.txt', FILE)
    expect(await client.ask({ type: 'remove', path: 'gone' }, 'error')).toMatchObject({ code: 'not_empty' })
    expect(folder.read('gone/a/b.txt')).toEqual(FILE)
    await client.ask({ type: 'remove', path: 'gone/a/b.txt' }, 'done')
    await client.ask({ type: 'remove', path: 'gone/a' }, 'done')
    folder.write('gone/c/d/e.txt', FILE)
    await client.ask({ type: 'remove', path: 'gone', recursive: true }, 'done')
    expect(folder.has('gone')).toBe(false)
    expect(await client.ask({ type: 'remove', path: 'gone' }, 'error')).toMatchObject({ code: 'not_found' })
    for (const recursive of [false, true])
      expect(await client.ask({ type: 'remove', path: '', recursive }, 'error')).toMatchObject({
        code: 'forbidden',
      })
    expect(await client.ask({ type: 'move', path: '', to: 'x', ifExists: 'fail' }, 'error')).toMatchObject({
      code: 'forbidden',
    })
  })

  it('P-12.4: a refused remove does not touch the partials in a directory', async () => {
    for (let i = 0; i < 30; i++) folder.write(`busy/.ftp-part-${i}`, FILE)
    folder.write('busy/file.txt', FILE)
    expect(await client.ask({ type: 'remove', path: 'busy' }, 'error')).toMatchObject({ code: 'not_empty' })
    expect(folder.partials('busy')).toHaveLength(30)
  })

  it('P-12.5, P-12.6: move renames by policy, and never a directory over something', async () => {
    const move = (path: string, to: string, ifExists: string): { type: string } => ({
      ...{ type: 'move' },
      ...{ path, to, ifExists },
    })
    for (const [name, text] of [
      ['m/a', 'a'],
      ['m/b', 'b'],
      ['m/d/x', 'x'],
      ['m/e/y', 'y'],
    ] as const)
      folder.write(name, text)
    expect(await client.ask(move('m/a', 'm/b', 'fail'), 'error')).toMatchObject({ code: 'exists' })
    expect(await client.ask(move('m/a', 'm/b', 'skip'), 'skipped')).toMatchObject({
      entry: { name: 'b', size: 1 },
    })
    expect(await client.ask(move('m/d', 'm/e', 'replace'), 'error')).toMatchObject({ code: 'exists' })
    expect(await client.ask(move('m/d', 'm/b', 'replace'), 'error')).toMatchObject({ code: 'exists' })
    expect(await client.ask(move('m/a', 'm/d', 'replace'), 'error')).toMatchObject({ code: 'exists' })
    expect(await client.ask(move('m/d', 'm/d/z', 'fail'), 'error')).toMatchObject({ code: 'bad_request' })
    expect(await client.ask(move('m/zz', 'm/y', 'fail'), 'error')).toMatchObject({ code: 'not_found' })
    await client.ask(move('m/a', 'm/a', 'fail'), 'done')
    expect(await client.ask(move('m/d', 'm/e', 'rename'), 'done')).toMatchObject({ name: 'e-1' })
    expect((await client.ask(move('m/e-1', 'm/d', 'rename'), 'done')).name).toBeUndefined()
    expect(Buffer.from(folder.read('m/b')).toString()).toBe('b')
    await client.ask(move('m/a', 'm/b', 'replace'), 'done')
    expect(Buffer.from(folder.read('m/b')).toString()).toBe('a')
    await client.ask(move('m/d', 'm/f', 'fail'), 'done')
    expect(Buffer.from(folder.read('m/f/x')).toString()).toBe('x')
    expect(folder.has('m/a') || folder.has('m/d')).toBe(false)
  })

  it('P-12.10: copy makes a second file or tree by policy, and never a directory over something', async () => {
    const copy = (path: string, to: string, ifExists: string): { type: string } => ({
      ...{ type: 'copy' },
      ...{ path, to, ifExists },
    })
    const tree = (path: string, to: string, ifExists = 'fail'): { type: string } => ({
      ...copy(path, to, ifExists),
      ...{ recursive: true },
    })
    for (const [name, text] of [
      ['c/a', 'a'],
      ['c/b', 'b'],
      ['c/d/x', 'x'],
      ['c/d/deep/y', 'y'],
    ] as const)
      folder.write(name, text)
    fs.symlinkSync('x', folder.at('c/d/link'))
    expect(await client.ask(copy('c/a', 'c/b', 'fail'), 'error')).toMatchObject({ code: 'exists' })
    expect(await client.ask(copy('c/a', 'c/b', 'skip'), 'skipped')).toMatchObject({
      entry: { name: 'b', size: 1 },
    })
    expect(await client.ask(copy('c/a', 'c/b', 'rename'), 'done')).toMatchObject({ name: 'b-1' })
    expect(await client.ask(copy('c/a', 'c/a', 'replace'), 'error')).toMatchObject({ code: 'bad_request' })
    expect(await client.ask(copy('c/zz', 'c/y', 'fail'), 'error')).toMatchObject({ code: 'not_found' })
    expect(await client.ask(copy('c/a', 'c/d', 'replace'), 'error')).toMatchObject({ code: 'is_directory' })
    expect(await client.ask(copy('c/d', 'c/e', 'fail'), 'error')).toMatchObject({ code: 'is_directory' })
    expect(await client.ask(tree('c/d', 'c/b', 'replace'), 'error')).toMatchObject({ code: 'exists' })
    expect(await client.ask(tree('c/d', 'c/d/deep/z'), 'error')).toMatchObject({ code: 'bad_request' })
    expect(await client.ask(tree('', 'c/z'), 'error')).toMatchObject({ code: 'bad_request' })
    expect(await client.ask(tree('c/d', 'c/e'), 'done')).toMatchObject({ leftOut: 1 })
    expect(await client.ask(tree('c/d', 'c/e', 'rename'), 'done')).toMatchObject({ name: 'e-1' })
    expect(await client.ask(tree('c/d', 'c/e', 'skip'), 'skipped')).toMatchObject({ entry: { name: 'e' } })
    await client.ask(copy('c/a', 'c/b', 'replace'), 'done')
    for (const [name, text] of [
      ['c/a', 'a'],
      ['c/b', 'a'],
      ['c/b-1', 'a'],
      ['c/e/x', 'x'],
      ['c/e/deep/y', 'y'],
      ['c/e-1/deep/y', 'y'],
    ] as const)
      expect(Buffer.from(folder.read(name)).toString(), name).toBe(text)
    expect(folder.has('c/e/link') || folder.has('c/z')).toBe(false)
  })

  it('P-12.7: an account that may only read changes nothing', async () => {
    await using readable = await ServedFolder.start({ anonymous: 'read' })
    readable.write('file.txt', FILE)
    await using reader = await RawClient.login(readable.server)
    for (const request of [
      wholePut('new.txt', FILE),
      wholePut('file.txt', FILE),
      { type: 'mkdir', path: 'new' },
      { type: 'setstat', path: 'file.txt', mode: 0o600 },
      { type: 'remove', path: 'file.txt' },
      { type: 'move', path: 'file.txt', to: 'new.txt', ifExists: 'fail' },
      { type: 'copy', path: 'file.txt', to: 'new.txt', ifExists: 'fail' },
    ])
      expect(await reader.ask(request, 'error', 'md5' in request ? FILE : undefined)).toMatchObject({
        code: 'forbidden',
      })
    for (const [type, reply] of [
      ['get', 'file'],
      ['digest', 'digest'],
      ['stat', 'entry'],
      ['usage', 'usage'],
    ] as const)
      expect(await reader.ask({ type, path: 'file.txt' }, reply)).toBeDefined()
    expect(fs.readdirSync(readable.root).toSorted()).toEqual(['.ftp-server', 'file.txt'])
  })
})
