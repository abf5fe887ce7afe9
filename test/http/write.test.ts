import { createHash } from 'node:crypto'
import fs from 'node:fs'
import { LIMITS } from '@ftp/protocol'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { addAccount, PASSWORD } from '../support/accounts.ts'
import { content } from '../support/chain.ts'
import { type Answer, type HttpRequest, raw, request } from '../support/http-client.ts'
import { ServedFolder } from '../support/served-folder.ts'

/** Changing files by HTTP, against a real server. */
const LARGE = Buffer.from(content(2 * LIMITS.payload + 12_345))
const MD5 = createHash('md5').update(LARGE).digest('base64')
const WRONG = createHash('md5').digest('base64')

let folder: ServedFolder
beforeAll(async () => {
  folder = await ServedFolder.start({ threads: 2 })
  await addAccount(folder.root, 'reader', { permissions: ['list', 'read'] })
})
afterAll(() => folder[Symbol.asyncDispose]())

async function send(method: string, path: string, options: HttpRequest = {}): Promise<Answer> {
  return await request(folder.server, `/files/${path}`, { method, ...options })
}

async function put(path: string, body: string | Uint8Array, headers = {}): Promise<number> {
  return (await send('PUT', path, { body, headers })).status
}

async function move(path: string, destination: string, headers = {}): Promise<number> {
  return (await send('MOVE', path, { headers: { destination, ...headers } })).status
}

async function etagOf(path: string): Promise<string> {
  return (await send('HEAD', path)).headers['etag'] ?? ''
}

function expectNothingLeft(): void {
  expect(folder.partials()).toEqual([])
  expect(folder.faults).toEqual([])
}

describe('PUT', () => {
  it('stores a new file, and replaces it, of known and of unknown length', async () => {
    const created = await send('PUT', 'a', { body: LARGE })
    expect(created.status).toBe(201)
    expect(created.headers['repr-digest']).toBe(`md5=:${MD5}:`)
    expect(created.headers['etag']).toBe(await etagOf('a'))
    expect(LARGE.equals(folder.read('a'))).toBe(true)
    const headers = { 'transfer-encoding': 'chunked' }
    expect(await put('a', LARGE.subarray(7), headers)).toBe(204)
    expect(LARGE.subarray(7).equals(folder.read('a'))).toBe(true)
    expect(await put('empty', '')).toBe(201)
    expect(folder.read('empty')).toHaveLength(0)
    expectNothingLeft()
  })

  it.each([
    ['Content-MD5', { 'content-md5': MD5 }, { 'content-md5': WRONG }],
    ['Repr-Digest', { 'repr-digest': `md5=:${MD5}:` }, { 'repr-digest': `md5=:${WRONG}:` }],
  ])('checks %s', async (name, right, wrong) => {
    expect(await put(`digest-${name}`, LARGE, right)).toBe(201)
    expect(await put(`digest-${name}`, LARGE, wrong)).toBe(422)
    expect(await put(`other-${name}`, LARGE, wrong)).toBe(422)
    expect(LARGE.equals(folder.read(`digest-${name}`))).toBe(true)
    expect(folder.has(`other-${name}`)).toBe(false)
    expectNothingLeft()
  })

  it.each([
    { 'content-md5': 'AAAA' },
    { 'repr-digest': 'md5=:AAAA:' },
    { 'repr-digest': 'md5==' },
    { 'content-md5': MD5, 'repr-digest': `md5=:${WRONG}:` },
    { 'content-range': 'bytes 0-1/2' },
  ])('refuses %j', async (headers) => {
    expect(await put('refused', LARGE, headers)).toBe(400)
    expect(folder.has('refused')).toBe(false)
  })

  it.each([
    [{ 'content-encoding': 'gzip' }, 415],
    [{ 'transfer-encoding': 'gzip, chunked' }, 501],
    [{ expect: 'something' }, 417],
  ] as const)('with %j is %i', async (headers, status) => {
    expect(await put('refused', LARGE, headers)).toBe(status)
    expect(folder.has('refused')).toBe(false)
  })

  it('of two for the same version at the same time, one takes place', async () => {
    for (let round = 0; round < 8; round++) {
      await put('contested', `${round}`)
      const headers = { 'if-match': await etagOf('contested') }
      const statuses = await Promise.all(['new', 'other'].map((body) => put('contested', body, headers)))
      expect(statuses.sort()).toEqual([204, 412])
    }
  })

  it('replaces only the version that the client knows', async () => {
    await put('known', 'one')
    const etag = await etagOf('known')
    expect(await put('known', 'two', { 'if-match': '"other"' })).toBe(412)
    expect(await put('known', 'two', { 'if-none-match': '*' })).toBe(412)
    expect(await put('known', 'two', { 'if-match': etag })).toBe(204)
    expect(await put('known', 'three', { 'if-match': etag })).toBe(412)
    expect(await put('unknown', 'one', { 'if-match': '*' })).toBe(412)
    expect(Buffer.from(folder.read('known')).toString()).toBe('two')
    expect(folder.has('unknown')).toBe(false)
  })

  it('of twenty at once that want a name to be free, one wins', async () => {
    const all = Array.from({ length: 20 }, (_, i) => put('raced', `${i}`, { 'if-none-match': '*' }))
    const statuses = (await Promise.all(all)).sort()
    expect(statuses).toEqual([201, ...Array.from({ length: 19 }, () => 412)])
    expectNothingLeft()
  })

  it('that ends before its body is none', async () => {
    await put('old', 'old')
    const head = 'PUT /files/old HTTP/1.1\r\nHost: a\r\n'
    await cut(`${head}Content-Length: 1000000\r\n\r\nhalf`)
    await cut(`${head}Transfer-Encoding: chunked\r\n\r\n4\r\nhalf\r\n`)
    expect(Buffer.from(folder.read('old')).toString()).toBe('old')
    await expect.poll(() => folder.partials()).toEqual([])
  })

  it('needs the right, and a folder to be in', async () => {
    const { status } = await send('PUT', 'x', { body: 'x', as: `reader:${PASSWORD}` })
    expect(status).toBe(403)
    expect(await put('none/x', 'x')).toBe(409)
    expect(await put('x/', 'x')).toBe(409)
  })

  it('that will be refused is refused before its body is sent', async () => {
    const answer = await raw(
      folder.server,
      `PUT /files/none/x HTTP/1.1\r\nHost: a\r\nContent-Length: 9000000000\r\nExpect: 100-continue\r\n\r\n`,
    )
    expect(answer).toMatch(/^HTTP\/1\.1 409 /)
    expect(answer).not.toContain('100 Continue')
    expect(answer).toMatch(/\r\nConnection: close\r\n/i)
  })
})

/** Sends bytes and closes at once. */
async function cut(bytes: string): Promise<void> {
  expect(await raw(folder.server, bytes, true)).not.toMatch(/^HTTP\/1\.1 2/)
}

describe('a folder', () => {
  it('is made once, in a folder that is there, without a body', async () => {
    expect((await send('MKCOL', 'm')).status).toBe(201)
    expect((await send('MKCOL', 'm/')).status).toBe(405)
    expect((await send('MKCOL', 'm/n/o')).status).toBe(409)
    expect((await send('MKCOL', 'm/b', { body: '<xml/>' })).status).toBe(415)
    expect(fs.readdirSync(folder.at('m'))).toEqual([])
  })

  it('is removed with everything in it', async () => {
    folder.write('gone/a/b', 'b')
    expect((await send('DELETE', 'gone/', { headers: { 'if-match': '"other"' } })).status).toBe(412)
    expect((await send('DELETE', 'gone/')).status).toBe(204)
    expect((await send('DELETE', 'gone/')).status).toBe(404)
    expect(folder.has('gone')).toBe(false)
  })
})

describe('MOVE and COPY', () => {
  it('give a file another name, and replace nothing that is not to be replaced', async () => {
    folder.write('from', 'from')
    folder.write('taken', 'taken')
    expect(await move('from', '/files/taken', { overwrite: 'F' })).toBe(412)
    expect(await move('from', '/files/taken')).toBe(204)
    expect(await move('taken', '/files/to%20here')).toBe(201)
    expect(Buffer.from(folder.read('to here')).toString()).toBe('from')
    expect(folder.has('from')).toBe(false)
  })

  it('copy a folder', async () => {
    folder.write('tree/a/b', 'b')
    const copied = await send('COPY', 'tree', { headers: { destination: '/files/second' } })
    expect(copied.status).toBe(201)
    expect(Buffer.from(folder.read('second/a/b')).toString()).toBe('b')
    expect(folder.has('tree/a/b')).toBe(true)
  })

  it.each([
    ['/files/../x', 400],
    ['/files/%2e%2e/x', 400],
    ['http://evil.test/files/x', 502],
    ['/uploads/x', 502],
    ['/files/none/x', 409],
    ['/files/moved', 403],
    ['/files/.ftp-server/x', 400],
    ['x', 400],
  ])('not to %s: %i', async (destination, status) => {
    folder.write('moved', 'm')
    expect(await move('moved', destination)).toBe(status)
    expect((await send('COPY', 'moved', { headers: { destination } })).status).toBe(status)
    expect(folder.has('moved')).toBe(true)
  })

  it('need a destination', async () => {
    expect((await send('MOVE', 'moved')).status).toBe(400)
    expect(await move('moved', '/files/x', { overwrite: 'maybe' })).toBe(400)
    expect(await move('missing', '/files/x')).toBe(404)
  })
})
