import { once } from 'node:events'
import net from 'node:net'
import { text } from 'node:stream/consumers'
import { LIMITS } from '@ftp/protocol'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { content } from '../support/chain.ts'
import { request } from '../support/http-client.ts'
import { ServedFolder } from '../support/served-folder.ts'
import { trickle } from '../support/trickle.ts'

/*
 * How long a client of HTTP may take, for its header, its body, to read an answer, and between two requests. Node.js has
 * limits of its own for these, but none of them works for sockets that its server has not accepted.
 */
let folder: ServedFolder
beforeAll(async () => {
  const timeouts = { login: 1_000, idle: 1_000, stall: 1_000, rate: 1_000 }
  folder = await ServedFolder.start({ timeouts })
  folder.write('large', content(16 * LIMITS.payload))
})
afterAll(() => folder[Symbol.asyncDispose]())

function connect(): net.Socket {
  const { host, port } = folder.server
  const socket = net.connect({ host, port })
  socket.on('error', () => {})
  return socket
}

/** Sends a request one byte at a time, up to its end or that of the connection. @returns the answer */
async function trickled(head: string, body: string): Promise<string> {
  const socket = connect()
  const answer = text(socket).catch(() => '')
  socket.write(head)
  let sent = 0
  const end = new AbortController()
  const trickling = trickle(100, () => socket.write(body[sent++] ?? 'x') || true, end.signal)
  const received = await answer
  end.abort()
  await trickling
  return received
}

it('a header that trickles in is cut off', async () => {
  expect(await trickled('GET /', 'health HTTP/1.1\r\nHost: a\r\n'.padEnd(1_000, 'x'))).not.toContain('200')
})

it('a body that trickles in is cut off, with 408 and without a file', async () => {
  const head = 'PUT /files/slow HTTP/1.1\r\nHost: a\r\nContent-Length: 100000\r\n\r\n'
  expect(await trickled(head, 'x'.repeat(1_000))).toMatch(/^HTTP\/1\.1 408 /)
  expect(folder.has('slow')).toBe(false)
  await expect.poll(() => folder.partials()).toEqual([])
})

it('a reader that takes hardly anything is cut off, while others are served', async () => {
  const socket = connect()
  socket.write('GET /files/large HTTP/1.1\r\nHost: a\r\n\r\n')
  socket.pause()
  const closed = new Promise((resolve) => socket.once('close', resolve))
  expect((await request(folder.server, '/files/large')).body).toHaveLength(16 * LIMITS.payload)
  // Only by writing does a socket that does not read learn of its end.
  const end = new AbortController()
  const probing = trickle(200, () => socket.write('\r\n') || true, end.signal)
  await closed
  end.abort()
  await probing
})

it('a connection without a request is closed, before and after one', async () => {
  const silent = connect()
  await once(silent, 'close')
  const idle = connect()
  idle.write('GET /files/ HTTP/1.1\r\nHost: a\r\n\r\n')
  expect(await text(idle)).toMatch(/^HTTP\/1\.1 200 /)
})

it('a download that takes longer than a login may is no login that takes too long', async () => {
  const socket = connect()
  socket.write('GET /files/large HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n')
  let bytes = 0
  socket.on('data', (chunk: Buffer) => {
    bytes += chunk.length
    socket.pause()
    setTimeout(() => socket.resume(), 8)
  })
  await once(socket, 'close')
  expect(bytes).toBeGreaterThan(16 * LIMITS.payload)
})

it('a server that stops finishes the answer that is being sent, and says that it is the last', async () => {
  await using stopping = await ServedFolder.start()
  stopping.write('large', content(16 * LIMITS.payload))
  const { host, port } = stopping.server
  const socket = net.connect({ host, port })
  socket.on('error', () => {})
  socket.write('GET /files/large HTTP/1.1\r\nHost: a\r\n\r\n')
  const idle = net.connect({ host, port })
  idle.on('error', () => {})
  const first: Buffer[] = await once(socket, 'data')
  const closing = stopping.server.close(10_000)
  let bytes = first[0]?.length ?? 0
  socket.on('data', (chunk: Buffer) => {
    bytes += chunk.length
  })
  await once(socket, 'close')
  await closing
  expect(bytes).toBeGreaterThan(16 * LIMITS.payload)
})
