import path from 'node:path'
import { localPath, STATE_NAME } from '@ftp/protocol'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { openDatabase } from '../../apps/server/src/databases/sqlite/database.ts'
import { sqliteState } from '../../apps/server/src/databases/sqlite/state.ts'
import type { NewLink } from '../../apps/server/src/state/link-record.ts'
import { addAccount, testVerifier } from '../support/accounts.ts'
import { type Answer, type HttpRequest, request } from '../support/http-client.ts'
import { ServedFolder } from '../support/served-folder.ts'

/** Share links, opened by people without an account. */
let folder: ServedFolder
beforeAll(async () => {
  folder = await ServedFolder.start({ anonymous: 'none', threads: 2 })
  await addAccount(folder.root, 'anna')
  folder.write('pics/one.txt', 'one')
  folder.write('pics/deep/two.txt', 'two')
  folder.write('secret.txt', 'secret')
})
afterAll(() => folder[Symbol.asyncDispose]())

/** Makes a link of anna. @returns its path */
async function link(
  kind: NewLink['kind'],
  target: readonly string[],
  changes: Partial<NewLink> = {},
): Promise<string> {
  using database = openDatabase(path.join(folder.root, STATE_NAME, 'state.db'))
  const wanted = { expires: undefined, mostUses: undefined, verifier: undefined, ...changes }
  const { secret } = await sqliteState(database).links.add({
    account: 'anna',
    path: localPath(target),
    kind,
    ...wanted,
  })
  return `/s/${secret}`
}

async function send(target: string, options: HttpRequest = {}): Promise<Answer> {
  return await request(folder.server, target, options)
}

describe('a link', () => {
  it('to a file is that file, and nothing beside it', async () => {
    const url = await link('file', ['pics', 'one.txt'])
    const { status, headers, body } = await send(url)
    expect([status, body.toString()]).toEqual([200, 'one'])
    expect(headers['content-disposition']).toContain('one.txt')
    expect(headers['content-security-policy']).toMatch(/^sandbox/)
    for (const other of ['one.txt', 'deep/two.txt', '..', '%2e%2e/secret.txt', '../../secret.txt'])
      expect([400, 404]).toContain((await send(`${url}/${other}`)).status)
  })

  it('to a folder shows what is in it, and nothing else', async () => {
    const url = await link('folder', ['pics'])
    const list = (await send(`${url}/`)).body.toString()
    expect(list).toContain(`href="${url}/one.txt"`)
    expect(list).toContain(`href="${url}/deep/"`)
    expect((await send(`${url}/deep/two.txt`)).body.toString()).toBe('two')
    expect((await send(`${url}/secret.txt`)).status).toBe(404)
    expect((await send(`${url}/?zip`)).headers['content-type']).toBe('application/zip')
  })

  it('to an upload folder takes files, and tells nothing of them', async () => {
    const url = await link('upload', ['pics'])
    expect((await send(`${url}/new.txt`, { method: 'PUT', body: 'new' })).status).toBe(201)
    expect(Buffer.from(folder.read('pics/new.txt')).toString()).toBe('new')
    for (const target of ['one.txt', 'new.txt', 'deep/', 'missing'])
      expect((await send(`${url}/${target}`)).status).toBe(404)
    expect((await send(url)).body.toString()).not.toContain('one.txt')
    expect((await send(`${url}/deep/x`, { method: 'PUT', body: 'x' })).status).toBe(409)
    expect((await send(`${url}?zip`)).headers['content-type']).toBe('text/html; charset=utf-8')
  })

  it('opens in a browser as a page, whatever it shares, and even if there is no such link', async () => {
    const accept = 'text/html,application/xhtml+xml,*/*;q=0.8'
    const file = await link('file', ['pics', 'one.txt'], { mostUses: 1 })
    for (const url of [file, await link('upload', ['pics']), `/s/ftpl_${'0'.repeat(31)}`]) {
      const { status, headers, body } = await send(url, { headers: { accept } })
      expect([status, headers['set-cookie'], body.toString()]).toEqual([
        200,
        undefined,
        expect.stringContaining('<div id="app">'),
      ])
    }
    expect((await send(`${file}?download`, { headers: { accept } })).body.toString()).toBe('one')
  })

  it('describes itself to a page, without being used', async () => {
    const about = async (url: string): Promise<unknown> =>
      JSON.parse((await send(`${url}?about`)).body.toString())
    const file = await link('file', ['pics', 'one.txt'], { mostUses: 1 })
    expect(await about(file)).toMatchObject({ kind: 'file', name: 'one.txt', size: 3 })
    expect((await send(file)).status).toBe(200)
    expect(await about(await link('folder', ['pics']))).toEqual({ kind: 'folder', name: 'pics' })
    expect(await about(await link('upload', ['pics']))).toEqual({ kind: 'upload' })
  })

  it.each(['PUT', 'DELETE', 'MKCOL', 'MOVE', 'COPY', 'POST', 'PATCH'])(
    'for reading is not for %s',
    async (method) => {
      for (const url of [await link('file', ['secret.txt']), `${await link('folder', ['pics'])}/one.txt`])
        expect((await send(url, { method, headers: { destination: '/files/x' } })).status).toBe(405)
      expect(folder.has('secret.txt')).toBe(true)
    },
  )

  it('opens nothing but itself', async () => {
    const url = await link('folder', ['pics'])
    await send(url)
    expect((await send('/files/')).status).toBe(401)
  })

  it('with a password asks for it, before it tells anything', async () => {
    const url = await link('file', ['secret.txt'], { verifier: await testVerifier('open sesame') })
    const asked = await send(url)
    expect([asked.status, asked.body.toString().includes('secret')]).toEqual([401, false])
    expect((await send(url, { as: ':wrong' })).status).toBe(401)
    expect((await send(url, { as: 'guest:wrong' })).status).toBe(401)
    const { status, headers } = await send(url, { as: 'guest:open sesame' })
    expect(status).toBe(200)
    expect(headers['set-cookie']).toMatch(
      /^ftp-visit=ftpv_[^;]+; Path=\/s\/ftpl_[^;]+; .*HttpOnly; SameSite=Lax$/,
    )
    const [cookie = ''] = (headers['set-cookie'] ?? '').split(';')
    expect((await send(url, { headers: { cookie } })).status).toBe(200)
  })

  it('for one use is used once, however many ask at the same time; the rest of that visit is free', async () => {
    const url = await link('file', ['secret.txt'], { mostUses: 1 })
    expect((await send(url, { method: 'HEAD' })).status).toBe(200)
    const answers = await Promise.all(Array.from({ length: 10 }, () => send(url)))
    const won = answers.filter(({ status }) => status === 200)
    expect(won).toHaveLength(1)
    const [cookie = ''] = (won[0]?.headers['set-cookie'] ?? '').split(';')
    const rest = await send(url, { headers: { cookie, range: 'bytes=3-' } })
    expect([rest.status, rest.body.toString()]).toEqual([206, 'ret'])
    expect((await send(url)).status).toBe(404)
  })

  it('that has expired, or was never made, is the same nothing', async () => {
    const expired = await send(await link('file', ['secret.txt'], { expires: 1 }))
    const unknown = await send(`/s/ftpl_${'0'.repeat(31)}`)
    expect([expired.status, unknown.status]).toEqual([404, 404])
    expect(unknown.body.toString()).toBe(expired.body.toString())
  })
})
