import { randomUUID } from 'node:crypto'
import { encodeHeader, LIMITS } from '@ftp/protocol'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import frames from '../../packages/protocol/vectors/frames.json' with { type: 'json' }
import { content, dataOf, wholePut } from '../support/chain.ts'
import { RawClient } from '../support/raw-client.ts'
import { ServedFolder } from '../support/served-folder.ts'

/** What breaks the protocol, and what is only just allowed: PROTOCOL.md, P-6.13 and P-6.14, against a real server. */
let folder: ServedFolder

beforeAll(async () => {
  folder = await ServedFolder.start()
  folder.write('large.bin', content(3 * LIMITS.payload))
})
afterAll(() => folder[Symbol.asyncDispose]())

const H = '0123456789abcdef0123456789abcdef'

/** Sends a violation and a request behind it; expects one error, the end, and no effect. */
async function expectViolation(client: RawClient, violate: () => void): Promise<void> {
  const behind = randomUUID()
  client.socket.cork()
  violate()
  client.request({ type: 'mkdir', path: behind })
  client.socket.uncork()
  const errors = (await client.rest()).filter(({ reply }) => reply.type === 'error')
  expect(errors.at(-1)?.reply).toMatchObject({ code: 'protocol' })
  expect(errors.filter(({ reply }) => reply.id === undefined)).toHaveLength(1)
  expect(folder.has(behind)).toBe(false)
}

/** A client whose get waits for an acknowledgement, so that what follows it stays in the queue. */
async function blocked(): Promise<{ client: RawClient; get: number }> {
  const client = await RawClient.login(folder.server)
  const get = client.request({ type: 'get', path: 'large.bin', window: LIMITS.payload })
  await client.take('file')
  await client.take('data')
  return { client, get }
}

describe('violations', () => {
  it.each(frames.invalid)('P-6.13, P-6.14, P-4.4: $title ends the connection', async ({ bytes }) => {
    await using client = await RawClient.login(folder.server)
    await expectViolation(client, () => client.write(Buffer.from(bytes, 'hex')))
  })

  it.each([
    ['an id that was used', { id: 2, type: 'ping' }],
    ['no id', { type: 'ping' }],
    ['an id of text', { id: '7', type: 'ping' }],
    ['no type', { id: 7 }],
    ['a type that is no text', { id: 7, type: 1 }],
    ['an acknowledgement of a request not yet sent', { id: 7, type: 'ack', offset: 0 }],
    ['data for a request not yet sent', { id: 7, type: 'data', offset: 0, md5: H }],
    ['a chain for a request not yet sent', { id: 7, type: 'chain', offset: 0 }],
    ['a cancellation of a request not yet sent', { id: 7, type: 'cancel' }],
    ['an invalid part', { id: 2, type: 'ack', offset: -1 }],
    ['an invalid request under a used id', { id: 2, type: 'get' }],
  ])('P-6.6, P-6.14: %s ends the connection', async (_, message) => {
    await using client = await RawClient.login(folder.server)
    await expectViolation(client, () => client.send(message))
  })

  it.each([
    ['data', { type: 'data', ...dataOf(content(5), 0) }],
    ['a chain', { type: 'chain', offset: 0, last: true }],
  ])('P-6.14: %s for a get ends the connection', async (_, part) => {
    const { client, get } = await blocked()
    await using _client = client
    await expectViolation(client, () => client.send({ id: get, ...part }))
  })

  it('P-6.14, P-11.2: data for a put that waits in the queue ends the connection', async () => {
    const { client } = await blocked()
    await using _client = client
    const put = client.request({ type: 'put', path: 'early', length: 5, ifExists: 'replace' })
    await expectViolation(client, () =>
      client.send({ id: put, type: 'data', ...dataOf(content(5), 0) }, content(5)),
    )
    expect(folder.has('early')).toBe(false)
  })

  it('P-6.14, P-11.2: data sent together with its put, before ready, ends the connection', async () => {
    await using client = await RawClient.login(folder.server)
    await expectViolation(client, () => {
      const put = client.request({ type: 'put', path: 'early', length: 5, ifExists: 'replace' })
      client.send({ id: put, type: 'data', ...dataOf(content(5), 0) }, content(5))
    })
    expect(folder.has('early')).toBe(false)
  })
})

describe('limits', () => {
  it('P-3.2, P-5.1: headers before the login are small', async () => {
    await using client = await RawClient.connect(folder.server)
    const hello = { id: 1, type: 'hello', versions: [1], client: 'x' }
    const full = { ...hello, client: 'x'.repeat(LIMITS.headerBeforeLogin - JSON.stringify(hello).length + 1) }
    client.send(full)
    await client.take('welcome')
    client.send({ id: 2, type: 'login', mechanism: 'x'.repeat(LIMITS.headerBeforeLogin) })
    expect((await client.rest()).map(({ reply }) => reply)).toMatchObject([
      { type: 'error', code: 'protocol' },
    ])
  })

  it('P-3.3, P-5.1: there is no payload before the login', async () => {
    await using client = await RawClient.connect(folder.server)
    client.write(encodeHeader({ id: 1, type: 'hello', versions: [1], client: 'x' }, 1))
    expect((await client.rest()).map(({ reply }) => reply)).toMatchObject([
      { type: 'error', code: 'protocol' },
    ])
  })

  it('P-5.1: a header of exactly the limit is served', async () => {
    await using client = await RawClient.login(folder.server)
    const request = { id: 3, type: 'ping', x: '' }
    const room = LIMITS.headerFromClient - JSON.stringify(request).length
    client.send({ ...request, x: 'x'.repeat(room) })
    expect((await client.take('error')).reply).toMatchObject({ id: 3, code: 'bad_request' })
    client.send({ ...request, id: 4, x: 'x'.repeat(room + 1) })
    expect((await client.rest()).map(({ reply }) => reply)).toMatchObject([
      { type: 'error', code: 'protocol' },
    ])
  })

  it('P-5.1: as many requests as the limit may wait, not more', async () => {
    const { client, get } = await blocked()
    await using _client = client
    for (let i = 1; i < LIMITS.requests; i++) client.request({ type: 'ping' })
    client.send({ id: get, type: 'cancel' })
    expect((await client.take('error')).reply).toMatchObject({ id: get, code: 'cancelled' })
    for (let i = 1; i < LIMITS.requests; i++) await client.take('done')

    const { client: greedy } = await blocked()
    await using _greedy = greedy
    await expectViolation(greedy, () => {
      for (let i = 0; i <= LIMITS.requests; i++) greedy.request({ type: 'ping' })
    })
  })

  it('P-5.1: as many bytes of files as the limit may wait, not more', async () => {
    const file = content(LIMITS.payload)
    const { client, get } = await blocked()
    await using _client = client
    const count = LIMITS.requestBytes / file.length
    for (let i = 0; i < count; i++) client.request(wholePut(`waiting-${i}`, file), file)
    client.send({ id: get, type: 'cancel' })
    await client.take('error')
    for (let i = 0; i < count; i++) await client.take('stored')

    const { client: greedy } = await blocked()
    await using _greedy = greedy
    await expectViolation(greedy, () => {
      for (let i = 0; i <= count; i++) greedy.request(wholePut(`greedy-${i}`, file), file)
    })
    expect(folder.has('greedy-0')).toBe(false)
  })
})
