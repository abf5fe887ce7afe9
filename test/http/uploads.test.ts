import fs from 'node:fs'
import net from 'node:net'
import { LIMITS } from '@ftp/protocol'
import { type Server, startServer } from '@ftp/server'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { addAccount, PASSWORD } from '../support/accounts.ts'
import { chainOf, content } from '../support/chain.ts'
import { until } from '../support/deadline.ts'
import { serverPartials } from '../support/files.ts'
import { type Answer, type HttpRequest, request } from '../support/http-client.ts'
import { ServedFolder } from '../support/served-folder.ts'

/** Resumable uploads by HTTP, against a real server. */
const LARGE = Buffer.from(content(3 * LIMITS.payload + 12_345))
const HALF = 1_700_000

let folder: ServedFolder
beforeAll(async () => {
  folder = await ServedFolder.start({ anonymous: 'none', threads: 2 })
  await addAccount(folder.root, 'anna')
  await addAccount(folder.root, 'bert')
})
afterAll(() => folder[Symbol.asyncDispose]())

const ANNA = `anna:${PASSWORD}`

async function send(method: string, path: string, options: HttpRequest = {}): Promise<Answer> {
  return await request(folder.server, path, { method, as: ANNA, ...options })
}

/** Begins an upload without a byte. @returns its path */
async function begin(name: string, headers = {}): Promise<string> {
  const { status, headers: answer } = await send('POST', `/files/${name}`, {
    headers: { 'upload-complete': '?0', ...headers },
  })
  expect(status).toBe(201)
  expect(answer).toMatchObject({ 'upload-complete': '?0', 'upload-limit': 'max-age=604800' })
  return answer['location'] ?? ''
}

async function patch(path: string, offset: number | string, end: number, headers = {}): Promise<Answer> {
  const body = typeof offset === 'number' ? LARGE.subarray(offset, end) : 'x'
  return await send('PATCH', path, {
    body,
    headers: {
      'content-type': 'application/partial-upload',
      'upload-offset': String(offset),
      'upload-complete': end === LARGE.length ? '?1' : '?0',
      ...headers,
    },
  })
}

async function offsetOf(path: string, options: HttpRequest = {}): Promise<number> {
  const { status, headers } = await send('HEAD', path, options)
  expect(status).toBe(204)
  return Number(headers['upload-offset'])
}

/** Sends part of a body and leaves the connection open. @returns it, once the server has answered with 104 */
async function half(
  method: string,
  path: string,
  headers: Readonly<Record<string, string>>,
): Promise<{
  readonly socket: net.Socket
  readonly informed: string
}> {
  const { host, port } = folder.server
  const socket = net.connect({ host, port })
  socket.on('error', () => {})
  const fields = { host: 'nas', authorization: `Basic ${Buffer.from(ANNA).toString('base64')}`, ...headers }
  const lines = Object.entries(fields).map(([name, value]) => `${name}: ${value}\r\n`)
  socket.write(`${method} ${path} HTTP/1.1\r\n${lines.join('')}\r\n`)
  socket.write(LARGE.subarray(0, HALF))
  const informed = await new Promise<string>((resolve) => {
    socket.once('data', (chunk: Buffer) => resolve(chunk.toString('latin1')))
    if (!('upload-draft-interop-version' in headers)) resolve('')
  })
  return { socket, informed }
}

describe('an upload', () => {
  it('grows part by part, at any offset, and becomes the file with its last byte', async () => {
    const path = await begin('parts', { 'upload-length': String(LARGE.length) })
    let offset = 0
    for (const end of [1, 64, 1_048_576, HALF]) {
      const { status, headers } = await patch(path, offset, end)
      expect(status).toBe(204)
      expect(headers).toMatchObject({ 'upload-complete': '?0', 'upload-offset': String(end) })
      offset = end
    }
    expect(await offsetOf(path)).toBe(HALF)
    expect(folder.has('parts')).toBe(false)
    const { status, headers } = await patch(path, HALF, LARGE.length)
    expect([status, headers['upload-complete']]).toEqual([201, '?1'])
    expect(headers['repr-digest']).toMatch(/^md5=:/)
    expect(LARGE.equals(folder.read('parts'))).toBe(true)
  })

  it('may say its length at the end, and be ended by an empty request', async () => {
    const path = await begin('late')
    await patch(path, 0, 100)
    const end = { 'upload-complete': '?1' }
    expect((await patch(path, 100, 100, end)).status).toBe(201)
    expect(LARGE.subarray(0, 100).equals(folder.read('late'))).toBe(true)
  })

  it('of the draft of today learns its place at once, and continues there after the connection was lost', async () => {
    const { socket, informed } = await half('PUT', '/files/lost', {
      'content-length': String(LARGE.length),
      'upload-complete': '?1',
      'upload-draft-interop-version': '8',
    })
    expect(informed).toMatch(/^HTTP\/1\.1 104 /)
    const [, path = ''] = /\r\nLocation: (\S+)\r\n/.exec(informed) ?? []
    socket.destroySoon()
    const offset = await offsetOf(path)
    expect(offset).toBeLessThanOrEqual(HALF)
    expect((await patch(path, offset, LARGE.length)).status).toBe(201)
    expect(LARGE.equals(folder.read('lost'))).toBe(true)
  })

  it('of the draft of today learns meanwhile what it need not send again', async () => {
    const earlier = new Set(serverPartials(folder.root))
    const { socket, informed } = await half('PUT', '/files/long', {
      'content-length': String(LARGE.length),
      'upload-complete': '?1',
      'upload-draft-interop-version': '8',
    })
    let told = informed
    socket.on('data', (bytes: Buffer) => {
      told += bytes.toString('latin1')
    })
    const acknowledged = (): string | undefined => /\r\nUpload-Offset: (\d+)\r\n/.exec(told)?.[1]
    const partial = serverPartials(folder.root).find((file) => !earlier.has(file)) ?? ''
    let sent = HALF
    for (; acknowledged() === undefined; sent++) {
      await until('all is written', () => fs.statSync(partial).size === sent || acknowledged() !== undefined)
      socket.write(LARGE.subarray(sent, sent + 1))
    }
    socket.destroy()
    expect(Number(acknowledged())).toBeGreaterThan(0)
    expect(Number(acknowledged())).toBeLessThanOrEqual(sent)
    expect(told.match(/Location/g)).toHaveLength(1)
  })

  it('is not announced by 104 to anybody else', async () => {
    const answer = await send('PUT', '/files/plain', { body: 'x', headers: { 'upload-complete': '?1' } })
    expect([answer.status, answer.headers['upload-complete']]).toEqual([201, '?1'])
  })

  it('that another connection continues is taken from the one that was left behind', async () => {
    const path = await begin('taken')
    const { socket } = await half('PATCH', path, {
      'content-type': 'application/partial-upload',
      'content-length': String(LARGE.length),
      'upload-complete': '?1',
      'upload-offset': '0',
    })
    const closed = new Promise((resolve) => socket.once('close', resolve))
    socket.resume()
    const partial = `.ftp-part-${path.slice('/uploads/'.length)}`
    await expect.poll(() => folder.read(partial).length).toBeGreaterThan(0)
    const offset = await offsetOf(path)
    expect((await patch(path, offset, LARGE.length)).status).toBe(201)
    await closed
    expect(LARGE.equals(folder.read('taken'))).toBe(true)
  })

  it('is told by its answer again when that was lost', async () => {
    const path = await begin('again')
    await patch(path, 0, LARGE.length)
    const { headers } = await send('HEAD', path)
    expect(headers).toMatchObject({ 'upload-complete': '?1', 'upload-offset': String(LARGE.length) })
    expect((await patch(path, 0, LARGE.length)).status).toBe(409)
    expect((await send('DELETE', path)).status).toBe(409)
    expect(LARGE.equals(folder.read('again'))).toBe(true)
  })

  it('tells its chain, so that a client can prove that it still has the same file', async () => {
    const path = await begin('chain')
    expect((await send('GET', `${path}/chain`)).body).toHaveLength(0)
    await patch(path, 0, 2 * LIMITS.payload + 5)
    const { status, body } = await send('GET', `${path}/chain`)
    expect(status).toBe(200)
    const values = chainOf(LARGE.subarray(0, 2 * LIMITS.payload)).map((value) => Buffer.from(value))
    expect(body.equals(Buffer.concat(values))).toBe(true)
    expect((await send('GET', `${path}/chain`, { as: `bert:${PASSWORD}` })).status).toBe(404)
  })

  it('is verified block by block, if the client sends its chain', async () => {
    const path = await begin('chained')
    const claims = Buffer.concat(chainOf(LARGE)).toString('base64')
    const damaged = Buffer.from(LARGE)
    damaged[LIMITS.payload + 5] = 0xff ^ (LARGE[LIMITS.payload + 5] ?? 0)
    const headers = { 'content-type': 'application/partial-upload', 'upload-complete': '?1' }
    const sent = await send('PATCH', path, {
      body: damaged,
      headers: { ...headers, 'upload-offset': '0', 'ftx-chain': claims },
    })
    expect(sent).toMatchObject({ status: 422, headers: { 'upload-offset': String(LIMITS.payload) } })
    expect(sent.body.toString()).toContain('"checksum"')
    expect(await offsetOf(path)).toBe(LIMITS.payload)
    for (const malformed of ['x', Buffer.alloc(15).toString('base64')])
      expect((await patch(path, LIMITS.payload, HALF, { 'ftx-chain': malformed })).status).toBe(400)
    const rest = Buffer.concat(chainOf(LARGE).slice(1)).toString('base64')
    expect((await patch(path, LIMITS.payload, LARGE.length, { 'ftx-chain': rest })).status).toBe(201)
    expect(LARGE.equals(folder.read('chained'))).toBe(true)
  })

  it('can be given up', async () => {
    const path = await begin('given-up')
    await patch(path, 0, 100)
    expect((await send('DELETE', path)).status).toBe(204)
    expect((await send('HEAD', path)).status).toBe(404)
    expect(folder.has('given-up')).toBe(false)
  })

  it('replaces only what was meant when it began', async () => {
    folder.write('meant', 'old')
    const { headers } = await send('HEAD', '/files/meant')
    const path = await begin('meant', { 'if-match': headers['etag'] ?? '' })
    folder.write('meant', 'changed')
    expect((await patch(path, 0, LARGE.length)).status).toBe(412)
    expect(Buffer.from(folder.read('meant')).toString()).toBe('changed')
  })

  it('whose bytes have another digest than was said is none', async () => {
    const path = await begin('digest', { 'repr-digest': 'md5=:AAAAAAAAAAAAAAAAAAAAAA==:' })
    expect((await patch(path, 0, LARGE.length)).status).toBe(422)
    expect(folder.has('digest')).toBe(false)
  })
})

describe('what is refused', () => {
  let path: string
  beforeAll(async () => {
    path = await begin('refused', { 'upload-length': '1000' })
    await patch(path, 0, 3)
  })

  it('another offset, with the right one', async () => {
    const { status, headers, body } = await patch(path, 5, 6)
    expect(status).toBe(409)
    expect(headers).toMatchObject({ 'upload-offset': '3', 'upload-complete': '?0' })
    expect(JSON.parse(body.toString())).toMatchObject({
      type: 'https://iana.org/assignments/http-problem-types#mismatching-upload-offset',
      'expected-offset': 3,
      'provided-offset': 5,
    })
  })

  it.each(['-1', '1.0', '9223372036854775808', 'x', ''])('the offset %j', async (offset) => {
    expect((await patch(path, offset, 0)).status).toBe(400)
    expect(await offsetOf(path)).toBe(3)
  })

  it.each([[{ 'upload-length': '2000' }], [{ 'upload-complete': '1' }], [{ 'upload-complete': '?1' }]])(
    '%j',
    async (headers) => {
      expect((await patch(path, 3, 10, headers)).status).toBe(400)
      expect(await offsetOf(path)).toBe(3)
    },
  )

  it('more bytes than were announced', async () => {
    const small = await begin('small', { 'upload-length': '10' })
    expect((await patch(small, 0, 11)).status).toBe(400)
    expect(folder.has('small')).toBe(false)
  })

  it('another type of body', async () => {
    expect((await patch(path, 3, 10, { 'content-type': 'text/plain' })).status).toBe(415)
  })

  it('the upload of another account, and one that nobody has', async () => {
    for (const method of ['HEAD', 'PATCH', 'DELETE'])
      for (const options of [{ as: `bert:${PASSWORD}` }, {}]) {
        const target = 'as' in options ? path : `/uploads/${'0'.repeat(32)}`
        const headers = {
          'content-type': 'application/partial-upload',
          'upload-offset': '3',
          'upload-complete': '?0',
        }
        expect((await send(method, target, { headers, ...options })).status).toBe(404)
      }
    expect(await offsetOf(path)).toBe(3)
  })

  it('POST that does not begin an upload', async () => {
    expect((await send('POST', '/files/x', { body: 'x' })).status).toBe(400)
  })
})

it('what can be sent is told', async () => {
  const { headers } = await send('OPTIONS', '/files/x')
  expect(headers['upload-limit']).toBe('max-age=604800')
})

it('an upload survives the server', async () => {
  const path = await begin('restarted')
  await patch(path, 0, HALF)
  await folder.server.close()
  await using again: Server = await startServer({
    root: folder.root,
    port: 0,
    host: '127.0.0.1',
    plaintext: true,
    threads: 1,
  })
  const { headers } = await request(again, path, { method: 'HEAD', as: ANNA })
  expect(headers['upload-offset']).toBe(String(HALF))
  const answer = await request(again, path, {
    method: 'PATCH',
    as: ANNA,
    body: LARGE.subarray(HALF),
    headers: {
      'content-type': 'application/partial-upload',
      'upload-offset': String(HALF),
      'upload-complete': '?1',
    },
  })
  expect(answer.status).toBe(201)
  expect(LARGE.equals(folder.read('restarted'))).toBe(true)
  expect(folder.faults).toEqual([])
})
