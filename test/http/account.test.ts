import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { addAccount, PASSWORD } from '../support/accounts.ts'
import { type Answer, type HttpRequest, request } from '../support/http-client.ts'
import { ServedFolder } from '../support/served-folder.ts'

/** What a page asks about its account: sessions, tokens, share links, unfinished uploads, space, the password. */
let folder: ServedFolder
beforeAll(async () => {
  folder = await ServedFolder.start({ plaintext: false, anonymous: 'read', threads: 2 })
  for (const name of ['anna', 'otto', 'lena']) await addAccount(folder.root, name)
  folder.write('d/a', 'hello')
})
afterAll(async () => {
  await folder[Symbol.asyncDispose]()
  expect(folder.faults).toEqual([])
})

const ANNA = `anna:${PASSWORD}`

async function call(method: string, path: string, options: HttpRequest = {}): Promise<Answer> {
  return await request(folder.server, path, { method, as: ANNA, ...options })
}

/** Sends JSON. */
async function send(
  method: string,
  path: string,
  value: unknown,
  options: HttpRequest = {},
): Promise<Answer> {
  const headers = { 'content-type': 'application/json', ...options.headers }
  return await call(method, path, { ...options, headers, body: JSON.stringify(value) })
}

async function read(path: string, options: HttpRequest = {}): Promise<unknown> {
  return JSON.parse((await call('GET', path, options)).body.toString())
}

/** Begins a session. @returns its cookie, as a browser sends it */
async function login(as: string, options: object = {}): Promise<string> {
  const { status, headers } = await send('POST', '/session', options, { as })
  expect(status).toBe(200)
  return headers['set-cookie'] ?? ''
}

function cookieOf(header: string): Readonly<Record<string, string>> {
  return { cookie: header.split(';')[0] ?? '' }
}

describe('sessions', () => {
  it('are listed and ended by the account alone', async () => {
    const as = `otto:${PASSWORD}`
    const [here, there] = [await login(as), await login(as)]
    const list = async (): Promise<unknown> =>
      JSON.parse((await request(folder.server, '/sessions', { headers: cookieOf(here) })).body.toString())
    const { sessions } = (await list()) as { sessions: { id: string; isCurrent: boolean }[] }
    expect(sessions.map(({ isCurrent }) => isCurrent).toSorted()).toEqual([false, true])
    const other = sessions.find(({ isCurrent }) => !isCurrent)?.id ?? ''
    expect((await call('DELETE', `/sessions/${other}`)).status).toBe(404)
    expect((await call('DELETE', `/sessions/${other}`, { as })).status).toBe(204)
    const ended = await request(folder.server, '/sessions', { headers: cookieOf(there) })
    expect(ended.status).toBe(401)
    expect(await list()).toMatchObject({ sessions: [{ isCurrent: true, address: '127.0.0.1' }] })
  })

  it('last as long as the browser runs if they are not to be remembered', async () => {
    expect(await login(ANNA, { remember: false })).not.toMatch(/Max-Age/)
    expect(await login(ANNA)).toMatch(/Max-Age=\d/)
  })
})

describe('tokens', () => {
  it('are made, listed, used and removed', async () => {
    const name = 'a/b ä'
    const made = await send('POST', '/tokens', { name, permissions: ['list'] })
    expect([made.status, made.headers['location']]).toEqual([201, '/tokens/a%2Fb%20%C3%A4'])
    const { secret } = JSON.parse(made.body.toString())
    expect(await read('/tokens')).toMatchObject({ tokens: [{ name, permissions: ['list'] }] })
    const as = `anna:${secret}`
    expect((await call('GET', '/files/d/', { as })).status).toBe(200)
    // A token could make another one that outlives it.
    for (const path of ['/tokens', '/shares', '/sessions'])
      expect((await call('GET', path, { as })).status).toBe(403)
    expect((await call('DELETE', '/tokens/a%2Fb%20%C3%A4')).status).toBe(204)
    expect((await call('GET', '/files/d/', { as })).status).toBe(401)
    expect(await read('/tokens')).toEqual({ tokens: [] })
  })
})

describe('share links', () => {
  it('are made with a password, listed, opened and removed', async () => {
    const made = await send('POST', '/shares', {
      path: 'd',
      access: 'read',
      mostUses: 2,
      password: 'let me in',
    })
    expect(made.status).toBe(201)
    const { url, link } = JSON.parse(made.body.toString())
    expect(await read('/shares')).toMatchObject({
      shares: [{ id: link.id, path: 'd', hasPassword: true, mostUses: 2 }],
    })
    expect((await call('GET', `${url}/a`, { as: 'x:wrong' })).status).toBe(401)
    expect((await call('GET', `${url}/a`, { as: 'x:let me in' })).body.toString()).toBe('hello')
    expect((await call('DELETE', made.headers['location'] ?? '', { as: `otto:${PASSWORD}` })).status).toBe(
      404,
    )
    expect((await call('DELETE', made.headers['location'] ?? '')).status).toBe(204)
    expect((await call('GET', `${url}/a`, { as: 'x:let me in' })).status).toBe(404)
  })

  it('are not made for paths that do not exist or lead out of the home', async () => {
    expect((await send('POST', '/shares', { path: 'nowhere', access: 'read' })).status).toBe(404)
    expect((await send('POST', '/shares', { path: '../x', access: 'read' })).status).toBe(400)
  })
})

describe('the password', () => {
  it('is changed by whoever knows it; all sessions end, and this one is renewed', async () => {
    const as = `lena:${PASSWORD}`
    const [here, there] = [cookieOf(await login(as)), cookieOf(await login(as))]
    const change = async (password: string, options: HttpRequest): Promise<Answer> =>
      await send('PUT', '/password', { password }, options)
    const bySession = await request(folder.server, '/password', {
      ...{ method: 'PUT', body: '{"password":"a new one"}' },
      headers: { ...here, 'content-type': 'application/json' },
    })
    expect(bySession.status).toBe(403)
    expect((await change('short', { as })).status).toBe(400)
    const changed = await change('a new one', { as, headers: here })
    expect(changed.status).toBe(204)
    const ask = async (headers: Readonly<Record<string, string>>): Promise<number> =>
      (await request(folder.server, '/sessions', { headers })).status
    expect(await ask(there)).toBe(401)
    expect(await ask(here)).toBe(401)
    expect(await ask(cookieOf(changed.headers['set-cookie'] ?? ''))).toBe(200)
    expect((await call('GET', '/session', { as: 'lena:a new one' })).status).toBe(200)
  })
})

it('unfinished uploads are listed with the URL at which they continue', async () => {
  const begun = await call('POST', '/files/big', {
    headers: { 'upload-complete': '?0', 'upload-length': '10' },
    body: 'hello',
  })
  const url = begun.headers['location']
  expect(await read('/uploads')).toMatchObject({ uploads: [{ path: 'big', size: 5, length: 10, url }] })
  expect(await read('/uploads', { as: `otto:${PASSWORD}` })).toEqual({ uploads: [] })
  await call('DELETE', url ?? '')
})

it('space is told of a folder, of the account and of the disk', async () => {
  expect(await read('/files/d/?usage')).toMatchObject({ bytes: 5, files: 1, directories: 0 })
  expect(await read('/session')).toMatchObject({ account: 'anna', free: expect.any(Number) })
})

describe('a body', () => {
  it.each([
    ['of another type', 415, { body: 'name=x', headers: { 'content-type': 'text/plain' } }],
    ['that is not JSON', 400, { body: '{"name":', headers: { 'content-type': 'application/json' } }],
    [
      'with an unknown field',
      400,
      { body: '{"name":"x","y":1}', headers: { 'content-type': 'application/json' } },
    ],
    ['that is too long', 413, { body: ' '.repeat(65_537), headers: { 'content-type': 'application/json' } }],
    ['of another site', 403, { body: '{}', headers: { 'sec-fetch-site': 'cross-site' } }],
  ])('%s is refused', async (_, status, options: HttpRequest) => {
    expect((await call('POST', '/tokens', options)).status).toBe(status)
    expect(await read('/tokens')).toEqual({ tokens: [] })
  })

  it('is not read for anybody without an account', async () => {
    const options = { method: 'POST', body: '{"name":"x"}', headers: { 'content-type': 'application/json' } }
    expect((await request(folder.server, '/tokens', options)).status).toBe(403)
  })
})
