import { createHash } from 'node:crypto'
import fs from 'node:fs'
import { LIMITS } from '@ftp/protocol'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { addAccount, PASSWORD } from '../support/accounts.ts'
import { content } from '../support/chain.ts'
import { type Answer, type HttpRequest, request } from '../support/http-client.ts'
import { ServedFolder } from '../support/served-folder.ts'

/** Reading by HTTP, inside TLS, against a real server. */
const LARGE = Buffer.from(content(2 * LIMITS.payload + 12_345))

let folder: ServedFolder
beforeAll(async () => {
  folder = await ServedFolder.start({ plaintext: false, anonymous: 'none' })
  await addAccount(folder.root, 'anna')
  await addAccount(folder.root, 'lister', { permissions: ['list'] })
  folder.write('large.bin', LARGE)
  folder.write('empty', '')
  folder.write('d/page.html', '<script>alert(1)</script>')
  folder.write('d/a".exe;x=.txt', 'odd')
  folder.write('secret', 'secret')
})
afterAll(() => folder[Symbol.asyncDispose]())

const ANNA = `anna:${PASSWORD}`

async function get(path: string, options: HttpRequest = {}): Promise<Answer> {
  return await request(folder.server, path, { as: ANNA, ...options })
}

describe('a file', () => {
  it('comes whole, with its digest, and is the same by a HEAD without its bytes', async () => {
    const { status, headers, body } = await get('/files/large.bin')
    expect(status).toBe(200)
    expect(body.equals(LARGE)).toBe(true)
    expect(headers).toMatchObject({ 'content-length': String(LARGE.length), 'accept-ranges': 'bytes' })
    const head = await get('/files/large.bin', {
      method: 'HEAD',
      headers: { 'want-repr-digest': 'md5=1' },
    })
    expect(head.body).toHaveLength(0)
    const md5 = createHash('md5').update(LARGE).digest('base64')
    expect(head.headers).toMatchObject({ etag: headers['etag'], 'repr-digest': `md5=:${md5}:` })
  })

  it('that is empty has no bytes', async () => {
    const { status, headers, body } = await get('/files/empty')
    expect([status, headers['content-length'], body.length]).toEqual([200, '0', 0])
    expect((await get('/files/empty', { headers: { range: 'bytes=0-' } })).status).toBe(416)
  })

  it.each([
    ['bytes=0-0', 0, 1],
    ['bytes=1048575-1048576', 1_048_575, 1_048_577],
    ['bytes=-100', LARGE.length - 100, LARGE.length],
    [`bytes=2000000-99999999999999999999`, 2_000_000, LARGE.length],
  ])('comes in part: %s', async (range, start, end) => {
    const { status, headers, body } = await get('/files/large.bin', { headers: { range } })
    expect(status).toBe(206)
    expect(headers['content-range']).toBe(`bytes ${start}-${end - 1}/${LARGE.length}`)
    expect(body.equals(LARGE.subarray(start, end))).toBe(true)
  })

  it('that has been replaced is not continued, and a version is found again', async () => {
    fs.writeFileSync(folder.at('replaced'), 'first')
    const { headers } = await get('/files/replaced')
    const etag = headers['etag'] ?? ''
    const range = 'bytes=2-'
    expect((await get('/files/replaced', { headers: { range, 'if-range': etag } })).body.toString()).toBe(
      'rst',
    )
    expect((await get('/files/replaced', { headers: { 'if-none-match': etag } })).status).toBe(304)
    fs.writeFileSync(folder.at('replaced'), 'second')
    const other = await get('/files/replaced', { headers: { range, 'if-range': etag } })
    expect([other.status, other.body.toString()]).toEqual([200, 'second'])
    expect((await get('/files/replaced', { headers: { 'if-match': etag } })).status).toBe(412)
  })

  it('of a user never runs: it is saved, has no type that runs, and no document of its own', async () => {
    const { headers } = await get('/files/d/page.html')
    expect(headers['content-type']).toBe('application/octet-stream')
    expect(headers['content-disposition']).toMatch(/^attachment;/)
    expect(headers['content-security-policy']).toMatch(/^sandbox; default-src 'none'/)
    expect(headers['x-content-type-options']).toBe('nosniff')
    const worker = await get('/files/d/page.html', { headers: { 'service-worker': 'script' } })
    expect(worker.status).toBe(403)
  })

  it('may have any name', async () => {
    const { headers, body } = await get(`/files/d/${encodeURIComponent('a".exe;x=.txt')}`)
    expect(body.toString()).toBe('odd')
    expect(headers['content-disposition']).toBe(
      `inline; filename="a_.exe;x=.txt"; filename*=UTF-8''a%22.exe%3Bx%3D.txt`,
    )
  })

  it('that is not there is not found, for people and for programs', async () => {
    const program = await get('/files/none')
    expect(program.status).toBe(404)
    expect(program.headers['content-type']).toBe('application/problem+json')
    expect(JSON.parse(program.body.toString())).toMatchObject({ status: 404, code: 'not_found' })
    const page = await get('/files/%3Cb%3E', { headers: { accept: 'text/html' } })
    expect(page.headers['content-type']).toBe('text/html; charset=utf-8')
    expect(page.body.toString()).not.toContain('<b>')
  })
})

describe('a folder', () => {
  it('is JSON for programs that ask for it, and links for all others', async () => {
    const accept = 'application/json'
    const { headers, body } = await get('/files/d/', { headers: { accept } })
    expect(headers['content-type']).toBe('application/json')
    const { path, entries } = JSON.parse(body.toString())
    expect(path).toBe('d')
    expect(entries).toHaveLength(2)
    const html = (await get('/files/d')).body.toString()
    expect(html).toContain(`href="/files/d/a%22.exe%3Bx%3D.txt"`)
    expect(html).toContain('<a href="/files/">../</a>')
  })

  it('comes in pages, in order', async () => {
    for (let i = 0; i < 7; i++) folder.write(`many/f${i}`, '')
    const names: string[] = []
    let after = ''
    for (let pages = 0; pages < 4; pages++) {
      const answer = await get(`/files/many?limit=3${after}`, { headers: { accept: 'application/json' } })
      const { entries, next } = JSON.parse(answer.body.toString())
      names.push(...entries.map(({ name }: { name: string }) => name))
      if (next === undefined) break
      after = `&after=${encodeURIComponent(next)}`
    }
    expect(names).toEqual(['f0', 'f1', 'f2', 'f3', 'f4', 'f5', 'f6'])
  })
})

describe('whoever asks', () => {
  it('has to log in, and learns nothing before', async () => {
    for (const path of ['/files/', '/files/large.bin', '/files/none']) {
      const { status, headers } = await request(folder.server, path)
      expect(status).toBe(401)
      expect(headers['www-authenticate']).toBe('Basic realm="ftp-server", charset="UTF-8"')
    }
  })

  it('gets in with the right password alone, and hears the same whether the account exists', async () => {
    const wrong = await get('/files/', { as: 'anna:wrong' })
    const unknown = await get('/files/', { as: 'nobody:wrong' })
    expect(wrong.status).toBe(401)
    expect(wrong.headers['connection']).toBe('close')
    expect(unknown.body.toString()).toBe(wrong.body.toString())
  })

  it('has the rights of the account', async () => {
    const as = `lister:${PASSWORD}`
    expect((await get('/files/', { as })).status).toBe(200)
    expect((await get('/files/secret', { as })).status).toBe(403)
  })
})

it('the page and the health are for everybody', async () => {
  expect((await request(folder.server, '/')).status).toBe(200)
  expect((await request(folder.server, '/health')).body.toString()).toBe('ok\n')
  expect(folder.faults).toEqual([])
})
