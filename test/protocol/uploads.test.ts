import fs from 'node:fs'
import path from 'node:path'
import { parsePath, STATE_NAME } from '@ftp/protocol'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { openDatabase } from '../../apps/server/src/databases/sqlite/database.ts'
import { addAccount, PASSWORD, setAccount } from '../support/accounts.ts'
import { content, dataOf } from '../support/chain.ts'
import { MIB } from '../support/files.ts'
import { interruptUpload } from '../support/interrupted-upload.ts'
import { RawClient } from '../support/raw-client.ts'
import { ServedFolder } from '../support/served-folder.ts'

/** Unfinished uploads: PROTOCOL.md, section 11, against a real server with two handler threads. */
const UPLOAD = 'a'.repeat(32)
const KEY = '0123456789abcdef'.repeat(2)
const FILE = content(3 * MIB)

let folder: ServedFolder
let anna: RawClient
beforeEach(async () => {
  folder = await ServedFolder.start({ threads: 2 })
  fs.mkdirSync(folder.at('anna'))
  await addAccount(folder.root, 'anna', { home: parsePath('anna'), quota: { bytes: 4 * MIB, files: 10 } })
  anna = await login('anna')
  await expect.poll(used).toEqual([0, 0])
})
afterEach(async () => {
  await anna[Symbol.asyncDispose]()
  await folder[Symbol.asyncDispose]()
})

async function login(name: string): Promise<RawClient> {
  return await RawClient.loginAs(folder.server, name, PASSWORD)
}

/** Begins to send a file of three blocks, and has sent one. @returns the connection, and the id of the put */
async function send(path: string): Promise<{ client: RawClient; id: number }> {
  const client = await login('anna')
  const id = client.request({ type: 'put', path, length: 3 * MIB, upload: UPLOAD, ifExists: 'replace' })
  await client.take('ready')
  client.send({ id, type: 'data', ...dataOf(FILE, 0) }, FILE.subarray(0, MIB))
  await client.take('ack')
  return { client, id }
}

async function uploads(client = anna): Promise<readonly object[]> {
  return (await client.ask({ type: 'uploads' }, 'uploads')).uploads
}

async function used(): Promise<unknown> {
  const { quota } = await anna.ask({ type: 'usage', path: '' }, 'usage')
  return [quota?.bytes?.used, quota?.files?.used]
}

describe('uploads', () => {
  it('P-11.18: tells of an upload while it runs, when it was cut off, and no more when it is a file', async () => {
    const before = Date.now() * 1_000
    const { client } = await send('in.iso')
    const running = { path: 'in.iso', size: MIB, length: 3 * MIB, running: true }
    expect(await uploads()).toMatchObject([running])
    await client[Symbol.asyncDispose]()
    await expect.poll(async () => (await uploads())[0]).not.toHaveProperty('running')
    const [left] = (await anna.ask({ type: 'uploads' }, 'uploads')).uploads
    expect(left).toMatchObject({ path: 'in.iso', size: MIB, length: 3 * MIB })
    expect(left?.began).toBeGreaterThanOrEqual(before)
    expect(left?.mtime).toBeGreaterThanOrEqual(left?.began ?? 0)
    expect(folder.partials('anna')).toEqual([`.ftp-part-${left?.key}`])

    const id = anna.request({
      type: 'put',
      path: 'in.iso',
      length: null,
      upload: UPLOAD,
      ifExists: 'replace',
    })
    await anna.take('ready')
    anna.send({ id, type: 'chain', offset: 0, last: true })
    await anna.take('ready')
    anna.send({ id, type: 'data', ...dataOf(content(5), 0) }, content(5))
    await anna.takePastAcks('stored')
    expect(await uploads()).toEqual([])
  })

  it('P-11.18: tells nobody of the uploads of others, nor of what is outside the home', async () => {
    await addAccount(folder.root, 'ben', { home: parsePath('anna') })
    const all = { account: 'anna', name: 'f', length: 5 }
    fs.mkdirSync(folder.at('elsewhere'))
    interruptUpload(folder.root, { ...all, directory: 'anna', key: KEY })
    interruptUpload(folder.root, { ...all, directory: 'elsewhere', key: 'b'.repeat(32) })
    await using ben = await login('ben')
    expect(await uploads(ben)).toEqual([])
    expect(await uploads()).toMatchObject([{ path: 'f', key: KEY, size: 4, length: 5 }])
    for (const client of [ben, anna]) {
      const key = client === ben ? KEY : 'b'.repeat(32)
      expect(await client.ask({ type: 'discard', path: 'f', key }, 'error')).toMatchObject({
        code: 'not_found',
      })
    }
    await setAccount(folder.root, 'anna', { permissions: ['list', 'read', 'delete'] })
    expect(await anna.ask({ type: 'uploads' }, 'error')).toMatchObject({ code: 'forbidden' })
    expect(folder.partials('anna')).toHaveLength(1)
  })

  it('whose record cannot be ended becomes no file: its one final reply is an error, and its partial stays', async () => {
    const { client, id } = await send('f')
    await using _client = client
    using database = openDatabase(path.join(folder.root, STATE_NAME, 'state.db'))
    database.exec(`CREATE TRIGGER kept BEFORE DELETE ON uploads BEGIN SELECT RAISE(FAIL, 'kept'); END`)
    for (const block of [1, 2])
      client.send({ id, type: 'data', ...dataOf(FILE, block) }, FILE.subarray(block * MIB, (block + 1) * MIB))
    const next = client.request({ type: 'stat', path: 'f' })
    const finals: unknown[] = []
    for (let reply = (await client.next())?.reply; reply !== undefined && reply.id !== next; ) {
      if (reply.type !== 'ack' && reply.type !== 'progress') finals.push(reply.type)
      reply = (await client.next())?.reply
    }
    expect(finals).toEqual(['error'])
    expect(folder.partials('anna')).toHaveLength(1)
    expect(fs.existsSync(folder.at('anna/f'))).toBe(false)
  })

  it('P-11.18: comes in as many frames as it takes', async () => {
    const deep = 'd'.repeat(200)
    const directory = ['anna', deep, deep, deep].join('/')
    fs.mkdirSync(folder.at(directory), { recursive: true })
    const keys = Array.from({ length: 60 }, (_, index) => index.toString(16).padStart(32, '0'))
    for (const key of keys) interruptUpload(folder.root, { account: 'anna', directory, name: key, key })
    anna.request({ type: 'uploads' })
    const seen: string[] = []
    for (let frames = 1; ; frames++) {
      const { reply } = await anna.take('uploads')
      seen.push(...reply.uploads.map(({ key }) => key))
      if (!reply.last) continue
      expect(frames).toBeGreaterThan(2)
      break
    }
    expect(seen.sort()).toEqual(keys)
  })

  it('P-11.18: follows a directory to its new path', async () => {
    await anna.ask({ type: 'mkdir', path: 'a' }, 'done')
    const { client } = await send('a/in.iso')
    await anna.ask({ type: 'move', path: 'a', to: 'b', ifExists: 'fail' }, 'done')
    expect(await uploads()).toMatchObject([{ path: 'b/in.iso', running: true, size: MIB }])
    await client[Symbol.asyncDispose]()
    await expect.poll(async () => (await uploads())[0]).not.toHaveProperty('running')
    const [left] = (await anna.ask({ type: 'uploads' }, 'uploads')).uploads
    await anna.ask({ type: 'discard', path: 'b/in.iso', key: left?.key }, 'done')
    expect([folder.partials('anna/b'), await used()]).toEqual([[], [0, 0]])
  })
})

describe('discard', () => {
  it('P-11.19: removes a partial, and what it took of the quota is free', async () => {
    interruptUpload(folder.root, { account: 'anna', directory: 'anna', name: 'f', key: KEY })
    expect(await used()).toEqual([4, 1])
    for (const [path, key] of [
      ['f', 'f'.repeat(32)],
      ['g', KEY],
      ['no/f', KEY],
      ['', KEY],
    ])
      expect(await anna.ask({ type: 'discard', path, key }, 'error')).toMatchObject({ code: 'not_found' })
    expect(folder.partials('anna')).toHaveLength(1)
    await anna.ask({ type: 'discard', path: 'f', key: KEY }, 'done')
    expect([folder.partials('anna'), await uploads(), await used()]).toEqual([[], [], [0, 0]])
    expect(await anna.ask({ type: 'discard', path: 'f', key: KEY }, 'error')).toMatchObject({
      code: 'not_found',
    })
  })

  it('P-11.19: takes over an upload that is being written', async () => {
    const { client } = await send('in.iso')
    const [running] = (await anna.ask({ type: 'uploads' }, 'uploads')).uploads
    expect(await used()).toEqual([3 * MIB, 1])
    await anna.ask({ type: 'discard', path: 'in.iso', key: running?.key }, 'done')
    expect((await client.takePastAcks('error')).reply).toMatchObject({ code: 'taken_over' })
    expect([folder.partials('anna'), await uploads(), await used()]).toEqual([[], [], [0, 0]])
    await client[Symbol.asyncDispose]()
  })
})
