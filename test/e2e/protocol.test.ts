import fs from 'node:fs'
import { encodeFrame, LIMITS } from '@ftp/protocol'
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest'
import { content, dataOf, md5Of } from '../support/chain.ts'
import { RawClient } from '../support/raw-client.ts'
import { ServedFolder } from '../support/served-folder.ts'

/** The conversation: PROTOCOL.md, sections 2 to 6, against a real server. */
let folder: ServedFolder

vi.setConfig({ testTimeout: 30_000 })

beforeAll(async () => {
  folder = await ServedFolder.start()
  folder.write('small.txt', 'hello\n')
  folder.write('large.bin', content(3 * LIMITS.payload))
})
afterAll(() => folder[Symbol.asyncDispose]())

/** Expects one error without id, then the end. */
async function expectEnd(client: RawClient, code: string): Promise<void> {
  const [last, ...more] = (await client.rest()).filter(({ reply }) => reply.type !== 'progress')
  expect(last?.reply).toMatchObject({ type: 'error', code })
  expect(last?.reply).not.toHaveProperty('id')
  expect(more).toEqual([])
}

/** Expects that the connection is as good as new. */
async function expectKept(client: RawClient): Promise<void> {
  expect(await client.ask({ type: 'ping' }, 'done')).toMatchObject({ type: 'done' })
}

describe('hello and login', () => {
  it('P-2.1, P-6.1, P-6.2, P-6.3: a client that says hello and logs in is served', async () => {
    await using client = await RawClient.connect(folder.server)
    const hello = { type: 'hello', versions: [999, 1], client: 'test' }
    expect(await client.ask(hello, 'welcome')).toEqual({
      id: 1,
      type: 'welcome',
      version: 1,
      server: expect.stringMatching(/^ftp-server\//),
      mechanisms: ['ANONYMOUS'],
      limits: {
        header: LIMITS.headerFromClient,
        payload: LIMITS.payload,
        requests: LIMITS.requests,
        requestBytes: LIMITS.requestBytes,
      },
    })
    const accepted = await client.ask({ type: 'login', mechanism: 'ANONYMOUS' }, 'accepted')
    expect(accepted.account).toMatchObject({ name: 'anonymous' })
    await expectKept(client)
  })

  it('P-6.5: hello, login and requests may come in one packet', async () => {
    await using client = await RawClient.connect(folder.server)
    client.socket.cork()
    client.hello()
    client.request({ type: 'login', mechanism: 'ANONYMOUS' })
    client.request({ type: 'stat', path: 'x'.repeat(3_000) })
    client.request(
      { type: 'put', path: 'first.txt', length: 3, md5: md5Of(content(3)), ifExists: 'fail' },
      content(3),
    )
    client.socket.uncork()
    await client.take('welcome')
    await client.take('accepted')
    expect((await client.take('error')).reply).toMatchObject({ id: 3, code: 'name' })
    expect((await client.take('stored')).reply).toMatchObject({ id: 4 })
  })

  it('P-6.2: a client of another version gets the error version', async () => {
    await using client = await RawClient.connect(folder.server)
    client.request({ type: 'hello', versions: [2, 999], client: 'test' })
    await expectEnd(client, 'version')
  })

  it.each(['SCRAM-SHA-256', 'anonymous', ''])(
    'P-6.3: the mechanism %j, which is not offered, is refused',
    async (mechanism) => {
      await using client = await RawClient.connect(folder.server)
      client.hello()
      client.request({ type: 'login', mechanism })
      await client.take('welcome')
      await expectEnd(client, 'login')
    },
  )

  it('P-6.3: a server without anonymous access offers no anonymous login and grants none', async () => {
    await using closed = await ServedFolder.start({ anonymous: 'none' })
    await using client = await RawClient.connect(closed.server)
    client.hello()
    client.request({ type: 'login', mechanism: 'ANONYMOUS' })
    expect((await client.take('welcome')).reply.mechanisms).not.toContain('ANONYMOUS')
    await expectEnd(client, 'login')
  })

  it.each([
    ['a request first', { id: 1, type: 'ping' }],
    ['login first', { id: 1, type: 'login', mechanism: 'ANONYMOUS' }],
    ['an unknown type', { id: 1, type: 'nonsense' }],
    ['an invalid hello', { id: 1, type: 'hello', versions: '1', client: 'x' }],
    ['a part first', { id: 1, type: 'cancel' }],
  ])('P-6.1: %s is a violation before hello', async (_, message) => {
    await using client = await RawClient.connect(folder.server)
    client.send(message)
    await expectEnd(client, 'protocol')
  })

  it.each([
    ['hello again', { type: 'hello', versions: [1], client: 'x' }],
    ['a request', { type: 'list', path: '' }],
    ['an unknown type', { type: 'nonsense' }],
  ])('P-6.1: %s is a violation before the login', async (_, message) => {
    await using client = await RawClient.connect(folder.server)
    client.hello()
    client.request(message)
    await client.take('welcome')
    await expectEnd(client, 'protocol')
  })

  it.each([
    { type: 'hello', versions: [1], client: 'x' },
    { type: 'login', mechanism: 'ANONYMOUS' },
  ])('P-6.1: $type after the login is a violation', async (message) => {
    await using client = await RawClient.login(folder.server)
    client.request(message)
    await expectEnd(client, 'protocol')
  })

  it('P-6.4: a message with the mechanism ANONYMOUS is refused', async () => {
    await using client = await RawClient.connect(folder.server)
    client.hello()
    client.request({ type: 'login', mechanism: 'ANONYMOUS', message: 'somebody' })
    await client.take('welcome')
    await expectEnd(client, 'login')
  })
})

describe('requests', () => {
  it('P-6.7, P-6.8: pipelined requests are answered in order, each under its id', async () => {
    await using client = await RawClient.login(folder.server)
    const ids: number[] = []
    for (let i = 0; i < 15; i++) {
      ids.push(client.request({ type: 'stat', path: 'small.txt' }))
      ids.push(client.request({ type: 'get', path: 'small.txt' }))
      ids.push(client.request({ type: 'stat', path: 'missing' }))
      ids.push(client.request({ type: 'ping' }))
    }
    const answered: (number | undefined)[] = []
    for (const _ of ids) answered.push((await client.next())?.reply.id)
    expect(answered).toEqual(ids)
  })

  it('P-6.8: a request waits for the one before it', async () => {
    await using client = await RawClient.login(folder.server)
    const get = client.request({ type: 'get', path: 'large.bin', window: LIMITS.payload })
    const ping = client.request({ type: 'ping' })
    await client.take('file')
    for (let last = false; !last; ) {
      const { reply, payload } = await client.take('data')
      last = reply.last === true
      client.send({ id: get, type: 'ack', offset: reply.offset + payload.length })
    }
    expect((await client.take('done')).reply.id).toBe(ping)
  })

  it('P-6.9, P-13.1: a request that cannot be served is refused under its id, and the connection is kept', async () => {
    await using client = await RawClient.login(folder.server)
    const refused: [{ type: string; [field: string]: unknown }, string][] = [
      [{ type: 'get', path: 'missing' }, 'not_found'],
      [{ type: 'get', path: '' }, 'is_directory'],
      [{ type: 'get', path: '../etc/passwd' }, 'name'],
      [{ type: 'list', path: 'small.txt' }, 'not_directory'],
      [{ type: 'nonsense' }, 'unsupported'],
      [{ type: 'welcome' }, 'unsupported'],
      [{ type: 'get' }, 'bad_request'],
      [{ type: 'get', path: 'small.txt', offset: '0' }, 'bad_request'],
    ]
    for (const [request, code] of refused) {
      expect(await client.ask(request, 'error'), JSON.stringify(request)).toMatchObject({ code })
      await expectKept(client)
    }
  })

  it('P-4.6, P-4.8: a key that a request does not have is refused, even where its name is strange', async () => {
    await using client = await RawClient.login(folder.server)
    for (const key of ['x', 'size', 'constructor', '__proto__', '\u001b[2J', '\ud800', 'k'.repeat(6_000)]) {
      const id = client.request({ type: 'ping', ...JSON.parse(`{${JSON.stringify(key)}:0}`) })
      expect((await client.take('error')).reply).toMatchObject({ id, code: 'bad_request' })
    }
    expect(await client.ask({ type: 'stat', path: 'a' }, 'error', content(10))).toMatchObject({
      code: 'bad_request',
    })
    await expectKept(client)
  })

  it('P-4.8, P-7.4: the error about a path of the greatest length is readable', async () => {
    await using client = await RawClient.login(folder.server)
    const long = Array.from({ length: 16 }, () => 'a'.repeat(255)).join('/')
    expect(await client.ask({ type: 'stat', path: long }, 'error')).toMatchObject({ code: 'not_found' })
    expect(await client.ask({ type: 'stat', path: `${long}/\u001b` }, 'error')).toMatchObject({
      code: 'bad_request',
    })
    await expectKept(client)
  })

  it('P-2.3: frames that arrive byte by byte are answered', async () => {
    await using client = await RawClient.login(folder.server)
    client.socket.setNoDelay(true)
    for (const byte of encodeFrame({ id: 3, type: 'stat', path: 'small.txt' }))
      client.write(Uint8Array.of(byte))
    expect((await client.take('entry')).reply.id).toBe(3)
  })

  it('P-2.4, P-3.4: a frame that the stream ends in is ignored', async () => {
    await using client = await RawClient.login(folder.server)
    const put = {
      id: 3,
      type: 'put',
      path: 'cut.txt',
      length: 9,
      md5: md5Of(content(9)),
      ifExists: 'replace',
    }
    client.socket.end(encodeFrame(put, content(9)).subarray(0, -1))
    expect(await client.rest()).toEqual([])
    expect(folder.has('cut.txt')).toBe(false)
  })

  it('P-6.11, P-6.12: cancel ends a waiting and a running request, and what comes late is ignored', async () => {
    await using client = await RawClient.login(folder.server)
    const get = client.request({ type: 'get', path: 'large.bin', window: LIMITS.payload })
    const waiting = client.request({ type: 'put', path: 'never', length: null, ifExists: 'fail' })
    await client.take('file')
    client.send({ id: waiting, type: 'cancel' })
    client.send({ id: get, type: 'cancel' })
    await client.take('data')
    expect((await client.take('error')).reply).toMatchObject({ id: get, code: 'cancelled' })
    expect((await client.take('error')).reply).toMatchObject({ id: waiting, code: 'cancelled' })
    client.send({ id: get, type: 'ack', offset: 5 })
    client.send({ id: get, type: 'cancel' })
    client.send({ id: waiting, type: 'data', ...dataOf(content(5), 0) }, content(5))
    client.send({ id: waiting, type: 'chain', offset: 0, last: true })
    await expectKept(client)
    expect(folder.has('never')).toBe(false)
  })
})

describe('limits of time', () => {
  it('P-5.2: who does not log in, or says nothing, is told so and dropped', async () => {
    const timeouts = { login: 300, idle: 200, stall: 200 }
    await using hasty = await ServedFolder.start({ timeouts })
    hasty.write('large.bin', content(3 * LIMITS.payload))
    await using silent = await RawClient.connect(hasty.server)
    await expectEnd(silent, 'timeout')
    await using idle = await RawClient.login(hasty.server)
    await expectEnd(idle, 'timeout')
    await using stalled = await RawClient.login(hasty.server)
    stalled.request({ type: 'get', path: 'large.bin', window: LIMITS.payload })
    expect((await stalled.rest()).at(-1)?.reply).toMatchObject({ type: 'error', code: 'timeout' })
  })

  it('P-6.10: long work is accompanied by progress', { timeout: 60_000 }, async () => {
    await using client = await RawClient.login(folder.server)
    folder.write('sparse.bin', '')
    const size = 2_000 * LIMITS.payload
    fs.truncateSync(folder.at('sparse.bin'), size)
    client.request({ type: 'digest', path: 'sparse.bin' })
    const { reply } = await client.take('progress')
    expect(reply).toMatchObject({ total: size })
    expect(reply.done).toBeGreaterThan(0)
    await client.take('digest')
  })

  it('P-6.15: a server that stops finishes what it serves, and says so', async () => {
    await using stopping = await ServedFolder.start()
    await using idle = await RawClient.login(stopping.server)
    await using busy = await RawClient.login(stopping.server)
    const put = busy.request({ type: 'put', path: 'last.txt', length: null, ifExists: 'fail' })
    const ping = busy.request({ type: 'ping' })
    await busy.take('ready')
    const closed = stopping.server.close(10_000)
    await expectEnd(idle, 'shutdown')
    busy.send({ id: put, type: 'data', ...dataOf(content(5), 0) }, content(5))
    await busy.take('ack')
    expect((await busy.take('stored')).reply.id).toBe(put)
    expect(ping).toBe(put + 1)
    await expectEnd(busy, 'shutdown')
    await closed
    expect(stopping.read('last.txt')).toEqual(content(5))
  })
})
