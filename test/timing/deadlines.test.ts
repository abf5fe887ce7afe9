import { encodeFrame, LIMITS } from '@ftp/protocol'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { content, md5Of } from '../support/chain.ts'
import { closed, connectFrom, localAddress } from '../support/connections.ts'
import { until } from '../support/deadline.ts'
import { expectEnd } from '../support/expectations.ts'
import { RawClient } from '../support/raw-client.ts'
import { ServedFolder } from '../support/served-folder.ts'
import { trickle } from '../support/trickle.ts'

/*
 * What ends for being late, and what is slow enough to live. Nearly all of it is waiting, so the tests wait at the same
 * time, each for connections of its own. How late an end comes is counted in steps of the peer: on a busy machine, they
 * take longer as well. Each bound is about three times what the limit allows.
 */
const HELLO = encodeFrame({ id: 1, type: 'hello', versions: [1], client: 'stalled' })

const BYTES = content(5_000_000)
let folder: ServedFolder
/** Has long names. Writing them would keep the slow peers of the other tests from sending. */
let named: ServedFolder
beforeAll(async () => {
  folder = await ServedFolder.start({ timeouts: { idle: 60_000, stall: 1_000, rate: 1_000 } })
  folder.write('large', BYTES)
  named = await ServedFolder.start({ timeouts: { stall: 1_000, rate: 100_000 } })
  for (let i = 0; i < 2_000; i++) named.write(`${'d'.repeat(200)}/${'n'.repeat(200)}-${i}`, '')
})
afterAll(async () => {
  await folder[Symbol.asyncDispose]()
  await named[Symbol.asyncDispose]()
})

it.concurrent('P-5.2: who does not log in, or says nothing more, is told so and dropped', async () => {
  const timeouts = { login: 2_000, idle: 1_000, stall: 1_000 }
  await using hasty = await ServedFolder.start({ timeouts })
  hasty.write('large.bin', BYTES)
  await using silent = await RawClient.connect(hasty.server)
  expect(await silent.rest()).toEqual([])
  await using greeted = await RawClient.connect(hasty.server)
  greeted.hello()
  await greeted.take('welcome')
  await expectEnd(greeted, 'timeout')
  await using idle = await RawClient.login(hasty.server)
  await expectEnd(idle, 'timeout')
  await using stalled = await RawClient.login(hasty.server)
  stalled.request({ type: 'get', path: 'large.bin', window: LIMITS.payload })
  expect((await stalled.rest()).at(-1)?.reply).toMatchObject({ type: 'error', code: 'timeout' })
})

describe.concurrent('the deadline of the login', () => {
  it('counts from the connection, whatever trickles in', async () => {
    await using hasty = await ServedFolder.start({ timeouts: { login: 1_000 } })
    const socket = await connectFrom(localAddress(1), hasty.server.port)
    let sent = 0
    const end = new AbortController()
    const trickling = trickle(100, () => socket.write(HELLO.subarray(sent, ++sent)) || true, end.signal)
    await closed(socket)
    end.abort()
    await trickling
    expect(sent).toBeLessThan(30)
  })
})

describe.concurrent('a trickle after the login', () => {
  it.each([
    ['of a put', { type: 'put', path: 'too slow', length: 5_000_000, ifExists: 'replace' }, 'ready'],
    ['of acknowledgements', { type: 'get', path: 'large', window: 1_048_576 }, 'file'],
    ['of the next header', { type: 'ping' }, 'done'],
  ] as const)('%s is ended', async (_, request, reply) => {
    await using client = await RawClient.login(folder.server)
    const id = client.request(request)
    await client.take(reply)
    const part =
      reply === 'file'
        ? encodeFrame({ id, type: 'ack', offset: 0 })
        : encodeFrame({ id, type: 'data', offset: 0, md5: '0'.repeat(32) }, content(500))
    let sent = 0
    const end = new AbortController()
    const step = (): boolean => {
      client.write(part.subarray(sent, ++sent))
      return true
    }
    const trickling = trickle(30, step, end.signal)
    const last = (await client.rest()).at(-1)
    end.abort()
    await trickling
    expect(sent).toBeLessThan(200)
    expect(last?.reply).toMatchObject({ type: 'error', code: 'timeout' })
  })

  it('that reads nothing of what it asks for is ended', async () => {
    await using client = await RawClient.login(named.server)
    client.socket.pause()
    for (let i = 0; i < 60; i++) client.request({ type: 'list', path: '', recursive: true })
    // Nothing is noticed of a socket that is not read until something is written to it.
    const gone = (): boolean => {
      client.send({ id: 1, type: 'cancel' })
      return client.socket.destroyed
    }
    await until('its end', gone)
  })

  it('is none where a slow client keeps the minimum, or nothing is owed', async () => {
    // This process may well stop for a second, but hardly for two.
    await using patient = await ServedFolder.start({ timeouts: { stall: 2_000, rate: 1_000 } })
    await using idle = await RawClient.login(patient.server)
    await using client = await RawClient.login(patient.server)
    const bytes = BYTES.subarray(0, 100_000)
    const id = client.request({ type: 'put', path: 'slow', length: bytes.length, ifExists: 'replace' })
    await client.take('ready')
    const part = encodeFrame({ id, type: 'data', offset: 0, md5: md5Of(bytes), last: true }, bytes)
    let at = 0
    await trickle(50, () => {
      client.write(part.subarray(at, at + 1_000))
      at += 1_000
      return at < part.length
    })
    await client.take('ack')
    await client.take('stored')
    await idle.ask({ type: 'ping' }, 'done')
  })
})
