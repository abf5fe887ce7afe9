import path from 'node:path'
import { localPath, STATE_NAME } from '@ftp/protocol'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { openDatabase } from '../../apps/server/src/databases/sqlite/database.ts'
import { sqliteState } from '../../apps/server/src/databases/sqlite/state.ts'
import { addAccount, PASSWORD } from '../support/accounts.ts'
import { type Answer, type HttpRequest, request } from '../support/http-client.ts'
import { ServedFolder } from '../support/served-folder.ts'

/** Uploads that guests begin by a link for uploads, and continue. */
let folder: ServedFolder
beforeAll(async () => {
  folder = await ServedFolder.start({ anonymous: 'none', threads: 2 })
  await addAccount(folder.root, 'anna')
  folder.write('in/taken', 'of anna')
})
afterAll(async () => {
  await folder[Symbol.asyncDispose]()
  expect(folder.faults).toEqual([])
})

/** Makes a link of anna. @returns its path */
async function link(mostUses?: number): Promise<string> {
  using database = openDatabase(path.join(folder.root, STATE_NAME, 'state.db'))
  const limits = { expires: undefined, mostUses, verifier: undefined }
  const { secret } = await sqliteState(database).links.add({
    account: 'anna',
    path: localPath(['in']),
    kind: 'upload',
    ...limits,
  })
  return `/s/${secret}`
}

async function send(method: string, target: string, options: HttpRequest = {}): Promise<Answer> {
  return await request(folder.server, target, { method, ...options })
}

/** Begins an upload of `hello world`, and sends its first half. @returns its URL */
async function begin(url: string, name: string): Promise<string> {
  const headers = { 'upload-complete': '?0', 'upload-length': '11' }
  const begun = await send('POST', `${url}/${name}`, { headers, body: 'hello' })
  expect(begun.status).toBe(201)
  return begun.headers['location'] ?? ''
}

async function append(upload: string): Promise<Answer> {
  const headers = {
    ...{ 'upload-offset': '5', 'upload-complete': '?1' },
    'content-type': 'application/partial-upload',
  }
  return await send('PATCH', upload, { headers, body: ' world' })
}

it('a guest continues an upload below the link, even if that was its last use', async () => {
  const url = await link(1)
  const upload = await begin(url, 'one')
  expect(upload).toMatch(new RegExp(`^${url}/uploads/[0-9a-f]{32}$`))
  expect((await send('PUT', `${url}/two`, { body: '2' })).status).toBe(404)
  const { status, headers } = await send('HEAD', upload)
  expect([status, headers['upload-offset'], headers['upload-length']]).toEqual([204, '5', '11'])
  expect((await send('GET', `${upload}/chain`)).status).toBe(200)
  expect((await append(upload)).status).toBe(201)
  expect(Buffer.from(folder.read('in/one')).toString()).toBe('hello world')
  // The answer may have been lost.
  expect((await send('HEAD', upload)).headers['upload-complete']).toBe('?1')
})

it('a guest who knows the URL of an upload learns how far it is, until it has become a file', async () => {
  const upload = await begin(await link(), 'known')
  const about = async (url: string) => await send('GET', `${url}?about`)
  const { status, body } = await about(upload)
  expect([status, JSON.parse(body.toString())]).toEqual([
    200,
    { path: 'known', size: 5, length: 11, began: expect.any(Number) },
  ])
  const id = upload.slice(upload.lastIndexOf('/') + 1)
  expect((await about(`${await link()}/uploads/${id}`)).status).toBe(404)
  await append(upload)
  expect((await about(upload)).status).toBe(404)
})

it('nothing that exists is replaced, and the guest does not learn of it', async () => {
  const upload = await begin(await link(), 'taken')
  const { status, headers, body } = await append(upload)
  expect([status, body.toString(), headers['location']]).toEqual([201, '', undefined])
  expect(Buffer.from(folder.read('in/taken')).toString()).toBe('of anna')
  expect(Buffer.from(folder.read('in/taken-1')).toString()).toBe('hello world')
})

it('nobody else continues it: neither another link, nor its owner, who can list and remove it', async () => {
  const upload = await begin(await link(), 'mine')
  const id = upload.slice(upload.lastIndexOf('/') + 1)
  expect((await append(`${await link()}/uploads/${id}`)).status).toBe(404)
  expect((await send('HEAD', `${await link()}/uploads/${id}`)).status).toBe(404)
  const as = `anna:${PASSWORD}`
  expect((await send('HEAD', `/uploads/${id}`, { as })).status).toBe(404)
  const { body } = await send('GET', '/uploads', { as })
  const listed = JSON.parse(body.toString()).uploads.filter(({ key }: { key: string }) => key === id)
  expect(listed).toEqual([expect.objectContaining({ path: 'in/mine', size: 5 })])
  expect(listed[0].url).toBeUndefined()
  expect((await send('DELETE', `/uploads/${id}`, { as })).status).toBe(204)
  expect((await send('HEAD', upload)).status).toBe(404)
})

it('a link for uploads opens no upload of its owner', async () => {
  const as = `anna:${PASSWORD}`
  const begun = await send('POST', '/files/in/own', { as, headers: { 'upload-complete': '?0' }, body: 'x' })
  const id = begun.headers['location']?.slice('/uploads/'.length)
  for (const method of ['HEAD', 'DELETE'])
    expect((await send(method, `${await link()}/uploads/${id}`)).status).toBe(404)
  expect((await send('HEAD', `/uploads/${id}`, { as })).headers['upload-offset']).toBe('1')
})
