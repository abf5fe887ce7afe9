import { LIMITS } from '@ftp/protocol'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { content, wholePut } from '../support/chain.ts'
import { expectEnd, expectKept } from '../support/expectations.ts'
import { RawClient } from '../support/raw-client.ts'
import { ServedFolder } from '../support/served-folder.ts'

/** Hello and login: PROTOCOL.md, P-6.1 to P-6.5, against a real server. */
let folder: ServedFolder

beforeAll(async () => {
  folder = await ServedFolder.start()
})
afterAll(() => folder[Symbol.asyncDispose]())

describe('hello and login', () => {
  it('P-2.1, P-6.1, P-6.2, P-6.3: a client that says hello and logs in is served', async () => {
    await using client = await RawClient.connect(folder.server)
    const hello = { type: 'hello', versions: [999, 1], client: 'test' }
    expect(await client.ask(hello, 'welcome')).toEqual({
      id: 1,
      type: 'welcome',
      version: 1,
      server: expect.stringMatching(/^ftp-server\//),
      mechanisms: ['SCRAM-SHA-256', 'ANONYMOUS'],
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
    client.request(wholePut('first.txt', content(3)), content(3))
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

  it.each(['SCRAM-SHA-256-PLUS', 'PLAIN', 'anonymous', ''])(
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
