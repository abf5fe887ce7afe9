import { once } from 'node:events'
import fs from 'node:fs'
import net from 'node:net'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { addAccount, PASSWORD, setAccount, testVerifier } from '../support/accounts.ts'
import { MIB } from '../support/files.ts'
import { type Answer, type HttpRequest, request } from '../support/http-client.ts'
import { ServedFolder } from '../support/served-folder.ts'

/*
 * What users store must not harm those who look at it with a browser, and whoever asks without a right learns nothing.
 */
let folder: ServedFolder
beforeAll(async () => {
  folder = await ServedFolder.start({
    anonymous: 'none',
    names: 'any',
    limits: { trusted: ['127.0.0.0/8'] },
  })
  await addAccount(folder.root, 'anna')
  await addAccount(folder.root, 'bert')
  await addAccount(folder.root, 'gone', { enabled: false })
})
afterAll(async () => {
  expect(folder.faults).toEqual([])
  await folder[Symbol.asyncDispose]()
})

const ANNA = `anna:${PASSWORD}`
const BASIC = `Basic ${Buffer.from(ANNA).toString('base64')}`

async function get(target: string, options: HttpRequest = {}): Promise<Answer> {
  return await request(folder.server, target, { as: ANNA, ...options })
}

describe('a name', () => {
  const NAMES = [
    '<img src=x onerror=alert(1)>',
    '" autofocus onfocus="alert(1)',
    "' x='",
    'javascript:alert(1)',
    '&lt;script&gt;',
    'turned‮txt.exe',
    '</a><script>alert(1)</script>',
    'back\\slash',
  ]

  it('that is HTML is text in every page, and leads to its file', async () => {
    for (const name of NAMES.filter((one) => !one.includes('/'))) folder.write(`names/${name}`, 'x')
    fs.mkdirSync(folder.at('names/<b>'))
    const page = (await get('/files/names/', { headers: { accept: 'text/html' } })).body.toString()
    expect(page).not.toMatch(/<(?:img|script|b)\b|<[^>]* on\w+=|href="(?!\/files\/)|\u202e/)
    const links = [...page.matchAll(/href="([^"]*)"/g)].map(([, target = '']) =>
      target.replace(/&#(\d+);/g, (_, code) => String.fromCharCode(Number(code))),
    )
    // One with a slash cannot be, and one that turns the direction of writing is not shown; the parent has a link, too.
    expect(links).toHaveLength(NAMES.length - 2 + 2)
    for (const target of links) expect((await get(target)).status, target).toBe(200)
    const missing = await get(
      `/files/${encodeURIComponent('<script>alert(1)</script>').replaceAll('%2F', '')}`,
      {
        headers: { accept: 'text/html' },
      },
    )
    expect([missing.status, missing.body.toString().includes('<script')]).toEqual([404, false])
  })

  it.each(['a".exe;x=.txt', 'new\nline', 'return\r\nSet-Cookie: a=b', 'a\\b', '🎉.txt', '%41', 'ü'])(
    'adds nothing to the header: %j',
    async (name) => {
      fs.writeFileSync(folder.at(name), 'x')
      const { status, headers } = await get(`/files/${encodeURIComponent(name)}`)
      expect([200, 400, 404]).toContain(status)
      expect(headers['set-cookie']).toBeUndefined()
      if (status !== 200) return
      const [, extended = ''] = /filename\*=UTF-8''(\S+)$/.exec(headers['content-disposition'] ?? '') ?? []
      expect(decodeURIComponent(extended)).toBe(name)
    },
  )
})

describe('a stored file', () => {
  it.each(['x.svg', 'x.html', 'x.xhtml', 'x.xml', 'x.js', 'x.mjs', 'x.css', 'x.wasm', 'x', 'x.constructor'])(
    'never runs on our origin, whatever the answer: %s',
    async (name) => {
      folder.write(name, '<script>alert(1)</script>')
      const whole = await get(`/files/${name}`)
      const etag = whole.headers['etag'] ?? ''
      const answers = [
        whole,
        await get(`/files/${name}`, { headers: { range: 'bytes=0-3' } }),
        await get(`/files/${name}`, { headers: { 'if-none-match': etag } }),
        await get(`/files/${name}`, { headers: { 'if-match': '"other"' } }),
        await get(`/files/${name}`, { headers: { range: 'bytes=99-' } }),
      ]
      expect(answers.map(({ status }) => status)).toEqual([200, 206, 304, 412, 416])
      for (const { headers } of answers) {
        expect(headers['x-content-type-options']).toBe('nosniff')
        expect(headers['content-security-policy']).toMatch(/default-src 'none'/)
        expect(headers['cross-origin-resource-policy']).toBe('same-origin')
        expect(headers['cache-control']).toBe('private, no-store')
        expect(headers['content-type'] ?? '').not.toMatch(/html|xml|svg|script|css|wasm/)
      }
      for (const { headers } of answers.slice(0, 2)) {
        expect(headers['content-disposition']).toMatch(/^attachment;/)
        expect(headers['content-security-policy']).toMatch(/^sandbox;/)
      }
    },
  )

  it('is shown as a PDF in a sandbox, and can load nothing', async () => {
    folder.write('x.pdf', '<script>alert(1)</script>')
    const { headers } = await get('/files/x.pdf')
    expect([headers['content-type'], headers['x-content-type-options']]).toEqual([
      'application/pdf',
      'nosniff',
    ])
    expect(headers['content-disposition']).toMatch(/^inline;/)
    expect(headers['content-security-policy']).toMatch(/^sandbox allow-scripts; default-src 'none';/)
    expect(headers['content-security-policy']).not.toMatch(/same-origin|-src (?!'none')/)
  })

  it('has the type of its name, whatever its sender says', async () => {
    const headers = { 'content-type': 'text/html' }
    await get('/files/a.txt', { method: 'PUT', body: '<script>', headers })
    expect((await get('/files/a.txt')).headers['content-type']).toBe('text/plain; charset=utf-8')
  })
})

describe('a request for ranges', () => {
  it.each([
    [`bytes=${'0-,'.repeat(1_000)}0-`, 200],
    ['bytes=0-0,0-0', 200],
    ['bytes=5-2', 200],
    ['bytes=-0', 416],
    ['bytes=0-18446744073709551615', 206],
    ['bytes=18446744073709551615-', 416],
    ['lines=0-1', 200],
  ])('sends the file once at most: %s', async (range, status) => {
    folder.write('ranges', 'content')
    const answer = await get('/files/ranges', { headers: { range } })
    expect(answer.status).toBe(status)
    expect(answer.body.toString()).toBe(status === 416 ? answer.body.toString() : 'content')
  })
})

describe('whoever may not come in', () => {
  it('hears the same of every account, whether it exists or not, and of what is there or not', async () => {
    const answers = await Promise.all(
      ['anna:wrong', 'nobody:wrong', 'gone:wrong', 'gone:x', 'ANNA:wrong'].map(
        async (as) => await get('/files/ranges', { as }),
      ),
    )
    const told = answers.map(({ status, headers: { date: _, ...headers }, body }) =>
      JSON.stringify([status, headers, body.toString()]),
    )
    expect(new Set(told).size).toBe(1)
    const without = await Promise.all(
      ['/files/ranges', '/files/none', '/files/', '/files/names/', `/uploads/${'0'.repeat(32)}`].map(
        (target) => request(folder.server, target, { headers: { 'if-none-match': '*' } }),
      ),
    )
    expect(new Set(without.map(({ status, body }) => `${status} ${body}`)).size).toBe(1)
    expect(without[0]?.status).toBe(401)
  })

  it.each([
    'Basic',
    'Basic !!!!',
    `Basic ${Buffer.from('nocolon').toString('base64')}`,
    `Basic ${Buffer.from(':empty').toString('base64')}`,
    `Basic ${Buffer.alloc(10_000, 'a').toString('base64')}`,
    `Basic ${Buffer.from([0xff, 0x3a, 0x61]).toString('base64')}`,
    'Bearer x',
    'Digest username="anna"',
  ])('is refused, whatever the form of the login: %s', async (authorization) => {
    const { status } = await request(folder.server, '/files/', { headers: { authorization } })
    expect(status).toBe(401)
  })

  it('is refused with the old password as soon as there is a new one, and a request that is being answered is not', async () => {
    const as = `bert:${PASSWORD}`
    expect((await get('/files/', { as })).status).toBe(200)
    await setAccount(folder.root, 'bert', { verifier: await testVerifier('another') })
    expect((await get('/files/', { as })).status).toBe(401)
    expect((await get('/files/', { as: 'bert:another' })).status).toBe(200)
  })

  it('keeps others from logging in for a moment at most, however many wrong passwords it sends', async () => {
    const wrong = Array.from({ length: 60 }, (_, i) => get('/files/', { as: `anna:wrong${i}` }))
    const right = get('/files/ranges')
    const statuses = (await Promise.all(wrong)).map(({ status }) => status)
    expect(statuses.filter((status) => status !== 401 && status !== 503)).toEqual([])
    expect([200, 503]).toContain((await right).status)
    expect((await get('/files/ranges')).status).toBe(200)
  })
})

describe('an archive', () => {
  it.each([
    ['has vanished', (file: string) => fs.rmSync(file)],
    ['has grown', (file: string) => fs.appendFileSync(file, 'more')],
  ] as const)(
    'with a file that %s before its turn breaks off, so that nobody takes it for complete',
    async (_, change) => {
      // Each is more than any connection takes before its client reads.
      const names = ['one', 'two']
      for (const name of names) {
        folder.write(`breaks/${name}`, '')
        fs.truncateSync(folder.at(`breaks/${name}`), 64 * MIB)
      }
      const { host, port } = folder.server
      const socket = net.connect({ host, port })
      socket.write(`GET /files/breaks/?zip HTTP/1.1\r\nHost: nas\r\nAuthorization: ${BASIC}\r\n\r\n`)
      const closed = new Promise((resolve) => socket.once('close', resolve))
      let head = ''
      while (!names.some((name) => head.includes(name))) {
        const [chunk]: Buffer[] = await once(socket, 'data')
        socket.pause()
        head += chunk?.toString('latin1')
      }
      expect(head).toMatch(/^HTTP\/1\.1 200 /)
      const isFirst = (name: string): boolean => head.includes(name)
      for (const name of names) if (!isFirst(name)) change(folder.at(`breaks/${name}`))
      let received = head.length
      socket.on('data', (chunk: Buffer) => {
        received += chunk.length
      })
      socket.on('error', () => {})
      socket.resume()
      await closed
      expect(received).toBeGreaterThan(60 * MIB)
      expect(received).toBeLessThan(68 * MIB)
      fs.rmSync(folder.at('breaks'), { recursive: true })
    },
  )

  it('never has what a link leads to', async () => {
    folder.write('linked/file', 'x')
    fs.symlinkSync('/etc', folder.at('linked/etc'))
    fs.symlinkSync('/etc/hostname', folder.at('linked/hostname'))
    const { body } = await get('/files/linked/?zip')
    expect(body.toString('latin1')).not.toMatch(/etc|hostname/)
    expect(body.toString('latin1')).toContain('file')
  })
})

describe('more archives at a time than two', () => {
  it('are refused, until one of a client that has gone has ended', async () => {
    folder.write('zip/large', Buffer.alloc(32 * MIB))
    const { host, port } = folder.server
    const gone: AbortController[] = []
    const asked = await Promise.all(
      Array.from({ length: 2 }, async () => {
        const abort = new AbortController()
        gone.push(abort)
        return await fetch(`http://${host}:${port}/files/zip/?zip`, {
          headers: { authorization: BASIC },
          signal: abort.signal,
        })
      }),
    )
    expect(asked.map(({ status }) => status)).toEqual([200, 200])
    const { status, headers } = await get('/files/zip/?zip')
    expect([status, headers['retry-after']]).toEqual([429, '30'])
    for (const abort of gone) abort.abort()
    await expect.poll(async () => (await get('/files/zip/?zip', { method: 'HEAD' })).status).toBe(200)
  })
})
