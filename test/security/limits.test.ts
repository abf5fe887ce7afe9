import fs from 'node:fs'
import path from 'node:path'
import { encodeFrame, LIMITS } from '@ftp/protocol'
import { describe, expect, it } from 'vitest'
import { content, md5Of } from '../support/chain.ts'
import { closed, connectFrom, localAddress } from '../support/connections.ts'
import { RawClient } from '../support/raw-client.ts'
import { ServedFolder } from '../support/served-folder.ts'
import { ServerProcess } from '../support/server-process.ts'
import { TempDir } from '../support/temp-dir.ts'
import { trickle } from '../support/trickle.ts'

/** Who has not logged in costs next to nothing and keeps nobody out: the limits, against a real server. */
const NOBODY_TRUSTED = { trusted: [] }
const HELLO = encodeFrame({ id: 1, type: 'hello', versions: [1], client: 'stalled' })
/** The beginning of a TLS handshake: a record of 512 bytes is announced, and a few of them come. */
const HALF_HANDSHAKE = Buffer.from('16030102000100', 'hex')

/** What 500 connections have sent when they stall. */
const STALLED: Readonly<Record<string, Uint8Array>> = {
  nothing: new Uint8Array(0),
  'half a TLS handshake': HALF_HANDSHAKE,
  'half a frame': HELLO.subarray(0, HELLO.length - 1),
  'the length of a frame': HELLO.subarray(0, 4),
  'hello and no login': HELLO,
}

describe('500 stalled connections', () => {
  it.each([
    ['in plaintext', true],
    ['with TLS', false],
  ])('keep no login of another source out, %s, and are all closed in time', async (_, plaintext) => {
    const timeouts = { login: 4_000 }
    await using folder = await ServedFolder.start({ plaintext, timeouts, limits: NOBODY_TRUSTED })
    const { host, port } = folder.server
    const phases = Object.values(STALLED)
    const stalled = await Promise.all(
      Array.from({ length: 500 }, async (_unused, i) => {
        const socket = await connectFrom(localAddress(10 + (i % 10)), port)
        if (socket.writable) socket.write(phases[i % phases.length] ?? '')
        return socket
      }),
    )
    const began = performance.now()
    for (let i = 0; i < 5; i++) {
      const server = { host, port, localAddress: localAddress(2), secure: !plaintext }
      await using client = await RawClient.login(server)
      await client.ask({ type: 'ping' }, 'done')
    }
    expect((performance.now() - began) / 5).toBeLessThan(2_000)
    await Promise.all(stalled.map(closed))
  })
})

describe('with few open files', () => {
  it('the server takes fewer connections, serves those it has, and takes more when some have gone', async () => {
    using folder = new TempDir()
    const root = folder.folder('root')
    fs.writeFileSync(path.join(root, 'file'), content(3_000_000))
    const under = ['prlimit', '--nofile=256:256']
    await using server = await ServerProcess.start({ root, under, args: ['--threads', '1'] })
    const { port } = server
    await using client = await RawClient.login({ host: '127.0.0.1', port })
    const many = await Promise.all(Array.from({ length: 300 }, () => connectFrom(localAddress(1), port)))
    await client.ask({ type: 'list', path: '' }, 'entries')
    client.request({ type: 'get', path: 'file', window: LIMITS.windowMax })
    await client.take('file')
    for (let i = 0; i < 3; i++) await client.take('data')
    await expect.poll(() => many.filter((socket) => socket.closed).length).toBe(300 - 31)
    for (const socket of many) socket.destroy()
    await expect
      .poll(async () => {
        await using other = await RawClient.login({ host: '127.0.0.1', port })
        return await other.ask({ type: 'ping' }, 'done')
      })
      .toMatchObject({ type: 'done' })
  })
})

describe('the deadline of the login', () => {
  it('counts from the connection, whatever trickles in', async () => {
    await using folder = await ServedFolder.start({ timeouts: { login: 1_000 } })
    const socket = await connectFrom(localAddress(1), folder.server.port)
    const began = performance.now()
    let sent = 0
    const end = new AbortController()
    const trickling = trickle(100, () => socket.write(HELLO.subarray(sent, ++sent)) || true, end.signal)
    await closed(socket)
    end.abort()
    await trickling
    expect(sent).toBeLessThan(HELLO.length)
    expect(performance.now() - began).toBeLessThan(4_000)
  })
})

describe('a trickle after the login', () => {
  const timeouts = { stall: 600, rate: 1_000 }

  it.each([
    ['of a put', { type: 'put', path: 'slow', length: 5_000_000, ifExists: 'replace' }, 'ready'],
    ['of acknowledgements', { type: 'get', path: 'large', window: 1_048_576 }, 'file'],
    ['of the next header', { type: 'ping' }, 'done'],
  ] as const)('%s is ended', async (_, request, reply) => {
    await using folder = await ServedFolder.start({ timeouts })
    folder.write('large', content(5_000_000))
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
    expect(sent).toBeLessThan(part.length * 2)
    expect(last?.reply).toMatchObject({ type: 'error', code: 'timeout' })
  })

  it('that reads nothing of what it asks for is ended', async () => {
    await using folder = await ServedFolder.start({ timeouts: { stall: 600, rate: 100_000 } })
    for (let i = 0; i < 2_000; i++) folder.write(`${'d'.repeat(200)}/${'n'.repeat(200)}-${i}`, '')
    await using client = await RawClient.login(folder.server)
    client.socket.pause()
    for (let i = 0; i < 60; i++) client.request({ type: 'list', path: '', recursive: true })
    // Nothing is noticed of a socket that is not read until something is written to it.
    const gone = (): boolean => {
      client.send({ id: 1, type: 'cancel' })
      return client.socket.destroyed
    }
    await expect.poll(gone).toBe(true)
  })

  it('is none where a slow client keeps the minimum, or nothing is owed', async () => {
    await using folder = await ServedFolder.start({ timeouts: { ...timeouts, idle: 60_000 } })
    await using idle = await RawClient.login(folder.server)
    await using client = await RawClient.login(folder.server)
    const bytes = content(30_000)
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
