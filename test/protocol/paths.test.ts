import { execFileSync } from 'node:child_process'
import fs from 'node:fs'
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import paths from '../../packages/protocol/vectors/paths.json' with { type: 'json' }
import { content, wholePut } from '../support/chain.ts'
import { RawClient } from '../support/raw-client.ts'
import { ServedFolder } from '../support/served-folder.ts'
import { mget, mput, mputOf } from '../support/together.ts'

/** Paths and names: PROTOCOL.md, section 7, against a real server. */
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

describe('paths', () => {
  it('P-7.4, P-7.5, P-7.6: every request refuses the paths that are never allowed', async () => {
    for (const { path } of paths.never) {
      for (const request of [
        { type: 'get', path },
        { type: 'stat', path },
        { type: 'list', path },
        { type: 'digest', path },
        { type: 'usage', path },
        { type: 'mkdir', path },
        { type: 'setstat', path },
        { type: 'remove', path },
        { type: 'move', path, to: 'x', ifExists: 'fail' },
        { type: 'move', path: 'x', to: path, ifExists: 'fail' },
        { type: 'put', path, length: 5, ifExists: 'replace' },
        ...(path.length > 4096 ? [{ type: 'mget', paths: [path] }, mputOf([{ path, bytes: FILE }])[0]] : []),
      ]) {
        const { code } = await client.ask(request, 'error')
        // A path may be too long for any string of the protocol.
        expect(code, JSON.stringify(request).slice(0, 200)).toBe(path.length > 4096 ? 'bad_request' : 'name')
      }
      if (path.length > 4096) continue
      // Of one file among several, it is told beside the others.
      expect((await mget(client, [path])).told).toMatchObject([{ code: 'name' }])
      expect(await mput(client, [{ path, bytes: FILE }])).toMatchObject([{ code: 'name' }])
    }
  })

  it('P-7.7: names that some system cannot store can be read, not created', async () => {
    for (const { path } of paths.notCreated.filter((vector) => !vector.path.includes('/'))) {
      folder.write(path, FILE)
      expect(await client.ask({ type: 'stat', path }, 'entry')).toMatchObject({ entry: { name: path } })
      expect(await client.ask({ type: 'get', path }, 'file')).toMatchObject({ length: 5 })
      expect((await mget(client, [path])).told).toMatchObject([{ entry: { name: path, size: 5 } }])
      fs.rmSync(folder.at(path))
      expect(await mput(client, [{ path, bytes: FILE }])).toMatchObject([{ code: 'name' }])
      for (const request of [
        wholePut(path, FILE),
        { type: 'mkdir', path },
        { type: 'move', path: 'x', to: path, ifExists: 'fail' },
      ])
        expect(await client.ask(request, 'error', 'md5' in request ? FILE : undefined)).toMatchObject({
          code: 'name',
        })
      expect(folder.has(path)).toBe(false)
    }
  })

  it('P-7.3: names are taken as they are, and are compared byte by byte', async () => {
    for (const path of [
      '%2e%2e',
      '~',
      '$HOME',
      '&#46;',
      '-rf',
      'é',
      'e\u0301',
      '👨‍👩‍👧',
      'a b',
      "it's",
      '..a',
      'a..b',
      'İ',
    ]) {
      const { entry } = await client.ask(wholePut(path, FILE), 'stored', FILE)
      expect(entry.name).toBe(path)
      expect(fs.readdirSync(folder.root)).toContain(path)
      fs.rmSync(folder.at(path))
      expect(await client.ask({ type: 'stat', path }, 'error')).toMatchObject({ code: 'not_found' })
    }
  })

  it('P-7.8: links are shown, never followed, and removed as links', async () => {
    folder.write('real/file.txt', FILE)
    fs.symlinkSync('/etc', folder.at('out'))
    fs.symlinkSync('real', folder.at('in'))
    fs.symlinkSync('file.txt', folder.at('real/link.txt'))
    for (const name of ['out', 'in']) {
      expect(await client.ask({ type: 'stat', path: name }, 'entry')).toMatchObject({
        entry: { type: 'symlink', size: 0 },
      })
      for (const path of [`${name}/passwd`, `${name}/file.txt`]) {
        expect(await client.ask({ type: 'get', path }, 'error')).toMatchObject({ code: 'forbidden' })
        expect(await client.ask(wholePut(path, FILE), 'error', FILE)).toMatchObject({
          code: 'forbidden',
        })
      }
      expect(await client.ask({ type: 'list', path: name }, 'error')).toMatchObject({ code: 'forbidden' })
    }
    expect(await client.ask({ type: 'get', path: 'real/link.txt' }, 'error')).toMatchObject({
      code: 'not_file',
    })
    await client.ask({ type: 'remove', path: 'in', recursive: true }, 'done')
    expect(folder.read('real/file.txt')).toEqual(FILE)
    fs.rmSync(folder.at('out'))
  })

  it('P-6.9: what is neither file nor directory is shown, and not waited for', async () => {
    execFileSync('mkfifo', [folder.at('pipe')])
    expect(await client.ask({ type: 'stat', path: 'pipe' }, 'entry')).toMatchObject({
      entry: { type: 'other', size: 0 },
    })
    expect(await client.ask({ type: 'get', path: 'pipe' }, 'error')).toMatchObject({ code: 'not_file' })
  })
})
