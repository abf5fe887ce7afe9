import { afterAll, beforeAll, expect, it } from 'vitest'
import { type Answer, type HttpRequest, request } from '../support/http-client.ts'
import { ServedFolder } from '../support/served-folder.ts'

/** The page and its files, as the server sends them. */
let folder: ServedFolder
beforeAll(async () => {
  folder = await ServedFolder.start({ plaintext: false, anonymous: 'none' })
})
afterAll(() => folder[Symbol.asyncDispose]())

async function get(path: string, options: HttpRequest = {}): Promise<Answer> {
  return await request(folder.server, path, options)
}

/** The paths of the script and the style sheet that the page names. */
async function assets(): Promise<string[]> {
  const { body } = await get('/')
  return [...body.toString().matchAll(/(?:src|href)="(\/assets\/[^"]+)"/g)].map(([, path = '']) => path)
}

it('the page needs no login, is asked for again each time, and may only use what is its own', async () => {
  const { status, headers, body } = await get('/')
  expect([status, headers['content-type']]).toEqual([200, 'text/html; charset=utf-8'])
  expect(headers['cache-control']).toBe('no-cache')
  expect(headers['content-security-policy']).toMatch(
    /^default-src 'none'; script-src 'self' 'wasm-unsafe-eval'; style-src 'self'; .*frame-ancestors 'none'/,
  )
  expect(body.toString()).not.toMatch(/<script(?![^>]*src=)|<style|\son\w+=|style=/)
  const again = await get('/', { headers: { 'if-none-match': headers['etag'] ?? '' } })
  expect([again.status, again.body.length]).toEqual([304, 0])
})

it('its files have names that change with their content, so that browsers keep them', async () => {
  const paths = await assets()
  expect(paths.map((path) => path.split('.').at(-1)).sort()).toEqual(['css', 'js', 'svg'])
  for (const path of paths) {
    const { status, headers } = await get(path)
    expect([status, headers['cache-control']], path).toEqual([200, 'public, max-age=31536000, immutable'])
    expect(headers['x-content-type-options']).toBe('nosniff')
  }
})

it('its files come in gzip to every browser that takes it', async () => {
  const [script = ''] = (await assets()).filter((path) => path.endsWith('.js'))
  const plain = await get(script)
  const zipped = await get(script, { headers: { 'accept-encoding': 'gzip, br' } })
  expect(zipped.headers['content-encoding']).toBe('gzip')
  expect(zipped.body.length).toBeLessThan(plain.body.length)
})

it.each(['/assets/', '/assets/none.js', '/assets/..%2findex.html', '/assets/constructor', '/assets/a/b'])(
  'nothing else is at %s',
  async (path) => {
    expect((await get(path)).status).toBe(404)
  },
)
