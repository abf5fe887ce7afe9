import fs from 'node:fs'
import { DatabaseSync } from 'node:sqlite'
import { HOME, parsePath, STATE_NAME } from '@ftp/protocol'
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { addAccount, PASSWORD, setAccount } from '../support/accounts.ts'
import { content, dataOf, wholePut } from '../support/chain.ts'
import { until } from '../support/deadline.ts'
import { RawClient } from '../support/raw-client.ts'
import { ServedFolder } from '../support/served-folder.ts'
import { runServerCommand } from '../support/server-command.ts'
import { user } from '../support/user-command.ts'

/** Quotas against a real server with two handler threads. */
const KB = 1_000
const LIMIT = { bytes: 100 * KB, files: 20 }

let folder: ServedFolder
beforeAll(async () => {
  folder = await ServedFolder.start({ threads: 2 })
  await addAccount(folder.root, 'ada', { home: parsePath('ada'), quota: LIMIT })
  await addAccount(folder.root, 'root', { home: HOME })
})
afterAll(() => folder[Symbol.asyncDispose]())
beforeEach(async () => {
  await until('the uploads of the test before have ended', () => runningUploads() === 0)
  for (const name of fs.readdirSync(folder.root).filter((each) => each !== STATE_NAME))
    fs.rmSync(folder.at(name), { recursive: true })
  expect(await user(folder.root, ['rescan', 'ada'])).toMatchObject({ code: 0 })
})

async function login(name = 'ada'): Promise<RawClient> {
  return await RawClient.loginAs(folder.server, name, PASSWORD)
}

/** What the server says that is used; what is really there. Both are the same. */
async function used(client: RawClient): Promise<{ bytes: number; files: number }> {
  const { quota, bytes, files } = await client.ask({ type: 'usage', path: '' }, 'usage')
  expect(quota).toEqual({
    bytes: { limit: LIMIT.bytes, used: bytes },
    files: { limit: LIMIT.files, used: files },
  })
  return { bytes, files }
}

/** Stores a small file in one frame. @returns `stored`, or the code of the error */
async function put(client: RawClient, path: string, size: number, more: object = {}): Promise<string> {
  const bytes = content(size)
  client.request(wholePut(path, bytes, more), bytes)
  for (;;) {
    const { reply } = (await client.next()) ?? {}
    if (reply?.type === 'progress') continue
    return reply?.type === 'error' ? reply.code : String(reply?.type)
  }
}

/** Stores a file of less than a block in data frames. */
async function send(client: RawClient, path: string, size: number, more: object = {}): Promise<string> {
  const bytes = content(size)
  const id = client.request({ type: 'put', path, length: size, ifExists: 'replace', ...more })
  for (;;) {
    const { reply } = (await client.next()) ?? {}
    if (reply?.type === 'ready') client.send({ id, type: 'data', ...dataOf(bytes, 0) }, bytes)
    else if (reply?.type === 'error') return reply.code
    else if (reply?.type === 'stored') return 'stored'
    else if (reply === undefined) return 'closed'
  }
}

/** Leaves a partial of so many bytes. @returns its key */
async function interrupt(name: string, size: number): Promise<string> {
  const directory = `ada/${name.slice(0, Math.max(0, name.lastIndexOf('/')))}`
  const before = new Set(folder.has(directory) ? folder.partials(directory) : [])
  const bytes = content(size)
  {
    await using client = await login()
    const upload = 'a'.repeat(32)
    const id = client.request({ type: 'put', path: name, length: null, upload, ifExists: 'replace' })
    await client.take('ready')
    // Its MD5 is not that of the file: the block is asked for again, and never comes.
    client.send({ id, type: 'data', ...dataOf(bytes, 0), md5: '0'.repeat(32) }, bytes)
    await client.takePastAcks('resend')
  }
  await until('the upload has ended', () => runningUploads() === 0)
  const [partial = ''] = folder.partials(directory).filter((one) => !before.has(one))
  return partial.slice('.ftp-part-'.length)
}

function runningUploads(): unknown {
  using database = new DatabaseSync(folder.at('.ftp-server/state.db'))
  return database.prepare('SELECT count(*) AS running FROM uploads WHERE thread IS NOT NULL').get()?.running
}

describe('a quota', () => {
  it('is told with the first login, before there is a home', async () => {
    await using client = await RawClient.connect(folder.server)
    client.hello()
    await client.take('welcome')
    const { reply } = await client.prove('ada', PASSWORD)
    expect(reply.account.quota).toEqual({
      bytes: { limit: LIMIT.bytes, used: 0 },
      files: { limit: LIMIT.files, used: 0 },
    })
  })

  it('P-11.14: is exact to the byte and the file, for every way of storing', async () => {
    await using client = await login()
    expect(await put(client, 'a', 60 * KB)).toBe('stored')
    expect(await put(client, 'b', 40 * KB + 1)).toBe('quota')
    expect(await send(client, 'b', 40 * KB + 1)).toBe('quota')
    expect(await send(client, 'b', 40 * KB + 1, { length: null })).toBe('quota')
    expect(fs.readdirSync(folder.at('ada'))).toEqual(['a'])
    expect(await send(client, 'b', 20 * KB, { length: null })).toBe('stored')
    expect(await send(client, 'c', 20 * KB)).toBe('stored')
    expect(await put(client, 'd', 1)).toBe('quota')
    expect(await put(client, 'd', 0)).toBe('stored')
    expect(await used(client)).toEqual({ bytes: 100 * KB, files: 4 })
    for (let i = 4; i < LIMIT.files; i++) expect(await put(client, `empty-${i}`, 0)).toBe('stored')
    expect(await put(client, 'one more', 0)).toBe('quota')
    expect(folder.partials('ada')).toEqual([])
  })

  it('P-11.14: is exact among small files that come together', async () => {
    await using client = await login()
    fs.mkdirSync(folder.at('ada/taken'), { recursive: true })
    const sizes = { a: 60, b: 50, taken: 1, c: 40, d: 1 }
    for (const [name, size] of Object.entries(sizes)) {
      const bytes = content(size * KB)
      client.request(wholePut(name, bytes), bytes)
    }
    const codes: string[] = []
    while (codes.length < 5) {
      const { reply } = (await client.next()) ?? {}
      if (reply?.type !== 'progress') codes.push(reply?.type === 'error' ? reply.code : String(reply?.type))
    }
    expect(codes).toEqual(['stored', 'quota', 'is_directory', 'stored', 'quota'])
    expect(await used(client)).toEqual({ bytes: 100 * KB, files: 2 })
  })

  it('P-11.14, P-12.8: counts the difference of what is replaced, and gives back what is removed', async () => {
    await using client = await login()
    await put(client, 'a', 90 * KB)
    expect(await put(client, 'a', 100 * KB)).toBe('stored')
    expect(await send(client, 'a', 100 * KB)).toBe('stored')
    expect(await put(client, 'a', 100 * KB + 1)).toBe('quota')
    expect(folder.read('ada/a').length).toBe(100 * KB)
    expect(await put(client, 'a', 10 * KB)).toBe('stored')
    expect(await put(client, 'b', 90 * KB)).toBe('stored')
    await client.ask({ type: 'move', path: 'a', to: 'b', ifExists: 'replace' }, 'done')
    expect(await used(client)).toEqual({ bytes: 10 * KB, files: 1 })
    await client.ask({ type: 'mkdir', path: 'd/e', parents: true }, 'done')
    for (const name of ['d/1', 'd/e/2', 'd/e/3']) await put(client, name, KB)
    expect(await used(client)).toEqual({ bytes: 13 * KB, files: 4 })
    await client.ask({ type: 'remove', path: 'd', recursive: true }, 'done')
    await client.ask({ type: 'remove', path: 'b' }, 'done')
    expect(await used(client)).toEqual({ bytes: 0, files: 0 })
    expect(await put(client, 'skipped', 5 * KB, { ifExists: 'skip' })).toBe('stored')
    expect(await put(client, 'skipped', 6 * KB, { ifExists: 'skip' })).toBe('skipped')
    expect(await put(client, 'skipped', 6 * KB, { ifExists: 'fail' })).toBe('exists')
    expect(await used(client)).toEqual({ bytes: 5 * KB, files: 1 })
  })

  it('P-11.14: is exact under eight parallel puts', async () => {
    const clients = await Promise.all(Array.from({ length: 8 }, () => login()))
    const outcomes = await Promise.all(
      clients.flatMap((client, i) => [
        (async () => {
          const seen: string[] = []
          for (let n = 0; n < 6; n++)
            seen.push(await (n % 2 === 0 ? put : send)(client, `f-${i}-${n}`, 7 * KB))
          return seen
        })(),
      ]),
    )
    const stored = outcomes.flat().filter((outcome) => outcome === 'stored')
    expect(new Set(outcomes.flat())).toEqual(new Set(['stored', 'quota']))
    expect(stored).toHaveLength(14)
    const [client] = clients
    if (client !== undefined) expect(await used(client)).toEqual({ bytes: 98 * KB, files: 14 })
    for (const one of clients) await one[Symbol.asyncDispose]()
  })

  it('P-11.14: keeps room for what has begun, gives it back when it ends, and counts what it leaves', async () => {
    await using slow = await login()
    const upload = 'a'.repeat(32)
    slow.request({ type: 'put', path: 'slow', length: 80 * KB, upload, ifExists: 'replace' })
    await slow.take('ready')
    await using client = await login()
    expect(await put(client, 'b', 30 * KB)).toBe('quota')
    await slow[Symbol.asyncDispose]()
    await expect.poll(() => put(client, 'b', 30 * KB)).toBe('stored')
    expect(await send(client, 'slow', 80 * KB, { upload })).toBe('quota')
    expect(await send(client, 'slow', 70 * KB, { upload: 'b'.repeat(32) })).toBe('stored')
    expect(await used(client)).toEqual({ bytes: 100 * KB, files: 2 })
  })

  it('P-11.14: gives back what a partial takes when it is removed, by whatever way', async () => {
    await using client = await login()
    await client.ask({ type: 'mkdir', path: 'd/e', parents: true }, 'done')
    await interrupt('d/e/a', 60 * KB)
    expect(await put(client, 'b', 50 * KB)).toBe('quota')
    await client.ask({ type: 'remove', path: 'd', recursive: true }, 'done')
    expect(await put(client, 'b', 50 * KB)).toBe('stored')

    await client.ask({ type: 'mkdir', path: 'd' }, 'done')
    const key = await interrupt('d/a', 40 * KB)
    expect(await put(client, 'c', 20 * KB)).toBe('quota')
    const abort = ['uploads', 'abort', key, '--root', folder.root]
    expect(await runServerCommand(abort)).toMatchObject({ code: 0, stderr: '' })
    expect(await put(client, 'c', 20 * KB)).toBe('stored')
    expect(await used(client)).toEqual({ bytes: 70 * KB, files: 2 })
  })

  it('P-11.14: counts a partial as a file, however little it holds', async () => {
    for (let i = 0; i < LIMIT.files; i++) await interrupt(`partial-${i}`, 1)
    await using client = await login()
    expect(await put(client, 'one more', 0)).toBe('quota')
    for (const name of folder.partials('ada')) fs.rmSync(folder.at(`ada/${name}`))
    expect(await user(folder.root, ['rescan', 'ada'])).toMatchObject({ code: 0, stderr: '' })
    expect(await put(client, 'one more', 0)).toBe('stored')
    expect(await used(client)).toEqual({ bytes: 0, files: 1 })
  })

  it('keeps nothing of an upload of which nothing has come', async () => {
    await using client = await login()
    for (let i = 0; i < LIMIT.files; i++) {
      await using gone = await login()
      gone.request({ type: 'put', path: `f-${i}`, length: KB, upload: 'a'.repeat(32), ifExists: 'replace' })
      await gone.take('ready')
    }
    await expect.poll(() => folder.partials('ada')).toEqual([])
    expect(await put(client, 'one more', 0)).toBe('stored')
  })

  it('P-11.14: lets a file be replaced by one upload only at a time', async () => {
    await using client = await login()
    expect(await put(client, 'a', 80 * KB)).toBe('stored')
    const request = { type: 'put', path: 'a', length: 90 * KB, ifExists: 'replace' }
    client.request({ ...request, upload: 'a'.repeat(32) })
    await client.take('ready')
    await using other = await login()
    expect(await send(other, 'a', 90 * KB, { upload: 'b'.repeat(32) })).toBe('quota')
  })

  it('P-11.14: counts an upload where its directory is when it ends, in another home too', async () => {
    await addAccount(folder.root, 'ben', { home: parsePath('ben'), quota: LIMIT })
    await using root = await login('root')
    await using ada = await login()
    await using ben = await login('ben')
    await ada.ask({ type: 'mkdir', path: 'd' }, 'done')
    await put(ben, 'here', 1)
    const bytes = content(60 * KB)
    const id = ada.request({ type: 'put', path: 'd/a', length: bytes.length, ifExists: 'replace' })
    await ada.take('ready')
    await root.ask({ type: 'move', path: 'ada/d', to: 'ben/d', ifExists: 'fail' }, 'done')
    expect(await put(ben, 'b', 50 * KB)).toBe('quota')
    ada.send({ id, type: 'data', ...dataOf(bytes, 0) }, bytes)
    await ada.takePastAcks('stored')
    expect(await put(ben, 'b', 30 * KB)).toBe('stored')
    expect(await used(ben)).toEqual({ bytes: 90 * KB + 1, files: 3 })
    expect(await put(ada, 'c', 100 * KB)).toBe('stored')
    expect(await used(ada)).toEqual({ bytes: 100 * KB, files: 1 })
  })

  it('P-11.14: counts what other accounts put below the home, and what was there before', async () => {
    folder.write('eve/before', content(50 * KB))
    await addAccount(folder.root, 'eve', { home: parsePath('eve'), quota: LIMIT })
    await using client = await login('eve')
    await expect.poll(() => used(client)).toEqual({ bytes: 50 * KB, files: 1 })
    expect(await put(client, 'a', 10 * KB)).toBe('stored')
    await using other = await login('root')
    expect(await put(other, 'eve/b', 60 * KB)).toBe('stored')
    expect(await put(client, 'c', 1)).toBe('quota')
    await other.ask({ type: 'mkdir', path: 'elsewhere' }, 'done')
    await other.ask({ type: 'move', path: 'eve/b', to: 'elsewhere/b', ifExists: 'fail' }, 'done')
    expect(await put(client, 'c', 40 * KB)).toBe('stored')
    expect(await put(client, 'd', 1)).toBe('quota')
    expect(await used(client)).toEqual({ bytes: 100 * KB, files: 3 })
  })

  it('that is changed holds from the next request on', async () => {
    await using client = await login()
    await put(client, 'a', 100 * KB)
    expect(await put(client, 'b', 1)).toBe('quota')
    await setAccount(folder.root, 'ada', { quota: { bytes: undefined, files: undefined } })
    expect(await put(client, 'b', 50 * KB)).toBe('stored')
    await setAccount(folder.root, 'ada', { quota: LIMIT })
    expect(await put(client, 'c', 1)).toBe('quota')
    expect(await put(client, 'b', 10)).toBe('stored')
    expect((await used(client)).bytes).toBe(100 * KB + 10)
  })

  it('is right again after a rescan, when somebody else has changed the home', async () => {
    await using client = await login()
    await put(client, 'a', 50 * KB)
    fs.rmSync(folder.at('ada/a'))
    folder.write('ada/b', content(70 * KB))
    expect(await put(client, 'c', 40 * KB)).toBe('stored')
    expect(await user(folder.root, ['rescan', 'ada'])).toMatchObject({ code: 0, stderr: '' })
    expect(await put(client, 'd', 1)).toBe('quota')
    await client.ask({ type: 'remove', path: 'b' }, 'done')
    expect(await put(client, 'd', 1)).toBe('stored')
    expect(await used(client)).toEqual({ bytes: 40 * KB + 1, files: 2 })
  })

  it('is right again after the server was killed in the middle', async () => {
    await using client = await login()
    await put(client, 'a', 60 * KB)
    folder.write('ada/unknown', content(30 * KB))
    for (const thread of folder.server.threads) await thread.terminate()
    await expect
      .poll(async () => {
        await using attempt = await login()
        return await attempt.ask({ type: 'ping' }, 'done')
      })
      .toMatchObject({ type: 'done' })
    await using again = await login()
    expect(await put(again, 'b', 10 * KB + 1)).toBe('quota')
    expect(await put(again, 'b', 10 * KB)).toBe('stored')
    expect(await used(again)).toEqual({ bytes: 100 * KB, files: 3 })
  })
})
