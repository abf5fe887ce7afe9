import { localPath } from '@ftp/protocol'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { addAccount, PASSWORD, testVerifier, withAccounts } from '../support/accounts.ts'
import { type Answer, type HttpRequest, raw, request } from '../support/http-client.ts'
import { ServedFolder } from '../support/served-folder.ts'

/** The sessions of browsers, against a real server. */
let folder: ServedFolder
beforeAll(async () => {
  folder = await ServedFolder.start({ plaintext: false, anonymous: 'none', threads: 2 })
  await addAccount(folder.root, 'anna')
  folder.write('a', 'a')
})
afterAll(() => folder[Symbol.asyncDispose]())

async function session(method: string, options: HttpRequest = {}): Promise<Answer> {
  return await request(folder.server, '/session', { method, ...options })
}

/** Logs in. @returns the cookie as a browser sends it */
async function login(): Promise<string> {
  const { status, headers } = await session('POST', { as: `anna:${PASSWORD}` })
  expect(status).toBe(200)
  const [cookie = ''] = (headers['set-cookie'] ?? '').split(';')
  return cookie
}

async function get(cookie: string): Promise<number> {
  return (await request(folder.server, '/files/a', { headers: { cookie } })).status
}

describe('a session', () => {
  it('begins with the password, and its cookie is for no script and no other site', async () => {
    const { headers, body } = await session('POST', { as: `anna:${PASSWORD}` })
    expect(headers['set-cookie']).toMatch(
      new RegExp(
        `^__Host-ftp-session-${folder.server.port}=ftps_[0-9a-z]{31}; Path=/; Max-Age=\\d+; HttpOnly; SameSite=Strict; Secure$`,
      ),
    )
    expect(JSON.parse(body.toString())).toMatchObject({ account: 'anna', files: '/files/' })
  })

  it('lets its browser in, until it logs out', async () => {
    const cookie = await login()
    expect(await get(cookie)).toBe(200)
    expect((await session('GET', { headers: { cookie } })).status).toBe(200)
    expect((await session('DELETE', { headers: { cookie } })).headers['set-cookie']).toMatch(/Max-Age=0/)
    expect(await get(cookie)).toBe(401)
  })

  it('tells what the account may do and store now, not when its connection began', async () => {
    await addAccount(folder.root, 'otto', {
      home: localPath(['otto']),
      quota: { bytes: 1_000, files: undefined },
    })
    const authorization = `Authorization: Basic ${Buffer.from(`otto:${PASSWORD}`).toString('base64')}\r\n`
    const ask = (line: string, rest = '\r\n'): string =>
      `${line} HTTP/1.1\r\nHost: a\r\n${authorization}${rest}`
    const answers = await raw(
      folder.server,
      ask('GET /session') +
        ask('PUT /files/b', 'Content-Length: 5\r\n\r\nhello') +
        ask('GET /session', 'Connection: close\r\n\r\n'),
    )
    expect([...answers.matchAll(/"used":(\d+)/g)].map(([, used]) => used)).toEqual(['0', '5'])
  })

  it('ends with the password', async () => {
    const cookie = await login()
    const verifier = await testVerifier()
    await withAccounts(folder.root, (accounts) => accounts.setVerifier('anna', verifier))
    const { status, headers } = await request(folder.server, '/files/a', { headers: { cookie } })
    expect(status).toBe(401)
    // The browser would send it again and again.
    expect(headers['set-cookie']).toMatch(/=; Path=\/; Max-Age=0/)
  })

  it.each([
    ['a wrong password', { as: 'anna:wrong' }],
    ['no password', {}],
    ['another site', { as: `anna:${PASSWORD}`, headers: { origin: 'https://evil.test' } }],
  ])('does not begin with %s', async (_, options: HttpRequest) => {
    const { status, headers } = await session('POST', options)
    expect([401, 403]).toContain(status)
    expect(headers['set-cookie'] ?? '').not.toMatch(/ftps_/)
  })

  it('is not opened by a made-up cookie, nor by two', async () => {
    const cookie = await login()
    const [name] = cookie.split('=')
    expect(await get(`${name}=ftps_${'0'.repeat(31)}`)).toBe(401)
    expect(await get(`${cookie}; ${name}=x`)).toBe(401)
  })

  it('asks a page for the password, and everybody else by their own window', async () => {
    const page = await session('GET', { headers: { 'sec-fetch-dest': 'empty' } })
    expect([page.status, page.headers['www-authenticate']]).toEqual([401, undefined])
    expect((await session('GET')).headers['www-authenticate']).toMatch(/^Basic /)
  })
})

it('a write with the cookie has to come from our own page', async () => {
  const cookie = await login()
  const put = async (headers: Readonly<Record<string, string>>): Promise<number> =>
    (await request(folder.server, '/files/b', { method: 'PUT', body: 'b', headers: { cookie, ...headers } }))
      .status
  expect(await put({ 'sec-fetch-site': 'cross-site' })).toBe(403)
  expect(await put({ origin: 'https://evil.test' })).toBe(403)
  expect(folder.has('b')).toBe(false)
  expect(await put({ 'sec-fetch-site': 'same-origin' })).toBe(201)
  expect(folder.faults).toEqual([])
})
