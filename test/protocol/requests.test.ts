import { encodeFrame, LIMITS } from '@ftp/protocol'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { content, dataOf, wholePut } from '../support/chain.ts'
import { expectKept } from '../support/expectations.ts'
import { RawClient } from '../support/raw-client.ts'
import { ServedFolder } from '../support/served-folder.ts'

/** Requests and their order: PROTOCOL.md, sections 2 to 6, against a real server. */
let folder: ServedFolder

beforeAll(async () => {
  folder = await ServedFolder.start({ threads: 2 })
  folder.write('small.txt', 'hello\n')
  folder.write('large.bin', content(3 * LIMITS.payload))
})
afterAll(() => folder[Symbol.asyncDispose]())

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
    client.socket.end(encodeFrame({ id: 3, ...wholePut('cut.txt', content(9)) }, content(9)).subarray(0, -1))
    expect(await client.rest()).toEqual([])
    expect(folder.has('cut.txt')).toBe(false)
  })

  it('P-6.11, P-6.12: cancel ends a waiting and a running request, and what comes late is ignored', async () => {
    await using client = await RawClient.login(folder.server)
    const get = client.request({ type: 'get', path: 'large.bin', window: LIMITS.payload })
    const waiting = client.request({ type: 'put', path: 'never', length: null, ifExists: 'fail' })
    await client.take('file')
    await client.take('data')
    client.send({ id: waiting, type: 'cancel' })
    client.send({ id: get, type: 'cancel' })
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
