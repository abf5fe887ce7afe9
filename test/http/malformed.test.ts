import fs from 'node:fs'
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest'
import { raw, request } from '../support/http-client.ts'
import { ServedFolder } from '../support/served-folder.ts'

/*
 * Requests as no client sends them, byte by byte, against a real server that lets everybody in. Whatever comes, nothing
 * is changed, and what follows on the same connection is not taken for a request of its own.
 */
let folder: ServedFolder
let before: string
beforeAll(async () => {
  folder = await ServedFolder.start({ limits: { trusted: ['127.0.0.0/8'] } })
  folder.write('a', 'a')
  folder.write('d/b', 'b')
  before = tree()
})
afterEach(async () => {
  // What was begun is removed when its connection has ended.
  await expect.poll(tree).toBe(before)
  expect(folder.faults).toEqual([])
})
afterAll(() => folder[Symbol.asyncDispose]())

function tree(): string {
  const names = fs.readdirSync(folder.root, { recursive: true, encoding: 'utf8' })
  return names
    .filter((name) => !name.startsWith('.ftp-server'))
    .sort()
    .join('\n')
}

/** A request that must not be found inside another one. */
const HIDDEN = 'GET /health HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n'
const PUT = 'PUT /files/x HTTP/1.1\r\nHost: a\r\n'
const GET = 'GET /files/a HTTP/1.1\r\nHost: a\r\n'

describe('a request whose length is not clear', () => {
  it.each([
    ['a length and chunks', `${PUT}Content-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n`],
    ['two lengths', `${PUT}Content-Length: 5\r\nContent-Length: 6\r\n\r\nhello`],
    ['two lengths that are one', `${PUT}Content-Length: 5, 5\r\n\r\nhello`],
    ['a length with a space', `${PUT}Content-Length : 5\r\n\r\nhello`],
    ['a negative length', `${PUT}Content-Length: -5\r\n\r\nhello`],
    ['a signed length', `${PUT}Content-Length: +5\r\n\r\nhello`],
    ['a hexadecimal length', `${PUT}Content-Length: 0x5\r\n\r\nhello`],
    ['a huge length', `${PUT}Content-Length: 99999999999999999999999\r\n\r\nhello`],
    ['unknown chunks', `${PUT}Transfer-Encoding: xchunked\r\n\r\n0\r\n\r\n`],
    ['coded chunks', `${PUT}Transfer-Encoding: gzip, chunked\r\n\r\n0\r\n\r\n`],
    ['chunks twice', `${PUT}Transfer-Encoding: chunked, chunked\r\n\r\n0\r\n\r\n`],
    ['two fields of chunks', `${PUT}Transfer-Encoding: chunked\r\nTransfer-Encoding: gzip\r\n\r\n0\r\n\r\n`],
    ['chunks in HTTP/1.0', `PUT /files/x HTTP/1.0\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n`],
    ['a chunk of no size', `${PUT}Transfer-Encoding: chunked\r\n\r\nx\r\n\r\n`],
    ['a chunk of huge size', `${PUT}Transfer-Encoding: chunked\r\n\r\nffffffffffffffff1\r\n\r\n`],
    ['a folded line', `${PUT}X: a\r\n Content-Length: 5\r\nContent-Length: 5\r\n\r\nhello`],
    ['bare line feeds', 'PUT /files/x HTTP/1.1\nHost: a\nContent-Length: 5\n\nhello'],
    ['a NUL in a value', `${PUT}X: a\0b\r\nContent-Length: 5\r\n\r\nhello`],
    ['a length in a trailer', `${PUT}Transfer-Encoding: chunked\r\n\r\n0\r\nContent-Length: 5\r\n\r\n`],
  ])('is refused: %s', async (_, bytes) => {
    const answer = await raw(folder.server, bytes + HIDDEN)
    expect(answer).not.toContain('\r\n\r\nok')
    expect(answer).toMatch(/^HTTP\/1\.1 (400|413|501) /)
    expect(answer.match(/HTTP\/1\.1 /g)).toHaveLength(1)
  })
})

describe('a field that means one thing', () => {
  it.each([
    'Host: b',
    'Range: bytes=0-0\r\nRange: bytes=1-1',
    'If-Match: "a"\r\nIf-Match: "b"',
    'Authorization: Basic YTpi\r\nAuthorization: Basic YTpj',
    'Sec-Fetch-Site: none\r\nSec-Fetch-Site: cross-site',
    'Upload-Offset: 1\r\nUpload-Offset: 2',
  ])('comes once: %j', async (fields) => {
    const answer = await raw(folder.server, `${GET}Connection: close\r\n${fields}\r\n\r\n`)
    expect(answer).toMatch(/^HTTP\/1\.1 400 /)
  })
})

describe('the host', () => {
  it.each([
    ['none', 'GET /health HTTP/1.1\r\n', 400],
    ['an empty one', 'GET /health HTTP/1.1\r\nHost:\r\n', 400],
    ['a user', 'GET /health HTTP/1.1\r\nHost: a@b\r\n', 400],
    ['a foreign one', 'GET /files/ HTTP/1.1\r\nHost: evil.test\r\n', 421],
    ['a foreign one with our name in front', 'GET /files/ HTTP/1.1\r\nHost: localhost.evil.test\r\n', 421],
    ['another in the target', 'GET http://evil.test/files/ HTTP/1.1\r\nHost: a\r\n', 400],
    ['another in the path', 'GET //evil.test/files/ HTTP/1.1\r\nHost: a\r\n', 404],
  ] as const)('is refused: %s', async (_, head, status) => {
    const answer = await raw(folder.server, `${head}Connection: close\r\n\r\n`)
    expect(answer).toMatch(new RegExp(`^HTTP/1\\.1 ${status} `))
    expect(answer).not.toMatch(/access-control-allow/i)
  })
})

describe('a method', () => {
  it.each([
    ['TRACE', 405],
    ['PROPFIND', 405],
    ['LOCK', 405],
    ['PATCH', 405],
  ] as const)('that nobody knows here is refused: %s', async (method, status) => {
    const { headers, ...answer } = await request(folder.server, '/files/a', { method })
    expect(answer.status).toBe(status)
    expect(headers['allow']).toContain('GET')
  })

  it('CONNECT leads nowhere, and an upgrade is not made', async () => {
    expect(await raw(folder.server, 'CONNECT evil.test:80 HTTP/1.1\r\nHost: evil.test:80\r\n\r\n')).toBe('')
    const answer = await raw(
      folder.server,
      'GET /health HTTP/1.1\r\nHost: a\r\nConnection: upgrade, close\r\nUpgrade: h2c\r\nHTTP2-Settings: AAA\r\n\r\n',
    )
    expect(answer).toMatch(/^HTTP\/1\.1 200 /)
  })
})

describe('what is too large', () => {
  it.each([
    ['a header', `GET /health HTTP/1.1\r\nHost: a\r\nX: ${'x'.repeat(17_000)}\r\n\r\n`, 431],
    ['fields', `GET /health HTTP/1.1\r\nHost: a\r\n${'X: y\r\n'.repeat(300)}\r\n`, 431],
    ['a path', `GET /files/${'a/'.repeat(7_000)} HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n`, 413],
  ] as const)('%s', async (_, bytes, status) => {
    expect(await raw(folder.server, bytes)).toMatch(new RegExp(`^HTTP/1\\.1 ${status} `))
  })
})

describe('a field with the name of a property of every object', () => {
  it.each(['__proto__', 'constructor', 'hasOwnProperty', 'toString'])('%s is harmless', async (name) => {
    const answer = await raw(folder.server, `${GET}${name}: x\r\nConnection: close\r\n\r\n`)
    expect(answer).toMatch(/^HTTP\/1\.1 200 /)
  })
})

describe('a write that a page of another site asks for', () => {
  it.each(['PUT', 'POST', 'DELETE', 'MKCOL', 'MOVE', 'COPY'])(
    'is refused, anonymous or not: %s',
    async (method) => {
      for (const headers of [
        { 'sec-fetch-site': 'cross-site' },
        { origin: 'https://evil.test' },
        { origin: 'null' },
      ])
        for (const as of [undefined, 'anna:x']) {
          const options = { method, headers: { destination: '/files/y', ...headers }, ...(as && { as }) }
          expect((await request(folder.server, '/files/a', options)).status).toBe(403)
        }
    },
  )
})

it('many requests on one connection are answered in order; far too many at once close it', async () => {
  const few = `${GET}\r\n`.repeat(20) + HIDDEN
  const answer = await raw(folder.server, few)
  expect(answer.match(/HTTP\/1\.1 200/g)).toHaveLength(21)
  const many = await raw(folder.server, `${GET}\r\n`.repeat(5_000))
  expect((many.match(/HTTP\/1\.1 200/g) ?? []).length).toBeLessThan(5_000)
  expect((await request(folder.server, '/health')).status).toBe(200)
})

it('a request that will be refused is refused before its body, of which little is read', async () => {
  const head = `PUT /files/none/x HTTP/1.1\r\nHost: a\r\nContent-Length: 10000000000\r\n\r\n`
  const answer = await raw(folder.server, head + 'x'.repeat(300_000))
  expect(answer).toMatch(/^HTTP\/1\.1 409 /)
  expect(answer).toMatch(/\r\nConnection: close\r\n/i)
})
