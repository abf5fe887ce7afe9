import fs from 'node:fs'
import type net from 'node:net'
import path from 'node:path'
import { encodeFrame } from '@ftp/protocol'
import { describe, expect, it } from 'vitest'
import { content } from '../support/chain.ts'
import { closed, connectFrom, localAddress } from '../support/connections.ts'
import { RawClient } from '../support/raw-client.ts'
import { ServedFolder } from '../support/served-folder.ts'
import { ServerProcess } from '../support/server-process.ts'
import { TempDir } from '../support/temp-dir.ts'

/** Who has not logged in costs next to nothing and keeps nobody out: the limits, against a real server. */
const NOBODY_TRUSTED = { trusted: [] }
const HELLO = encodeFrame({ id: 1, type: 'hello', versions: [1], client: 'stalled' })
/** The beginning of a TLS handshake: a record of 512 bytes is announced, and a few of them come. */
const HALF_HANDSHAKE = Buffer.from('16030102000100', 'hex')

/** What connections have sent when they stall. */
const STALLED: Readonly<Record<string, Uint8Array>> = {
  nothing: new Uint8Array(0),
  'half a TLS handshake': HALF_HANDSHAKE,
  'half a frame': HELLO.subarray(0, HELLO.length - 1),
  'the length of a frame': HELLO.subarray(0, 4),
  'hello and no login': HELLO,
}

/** Connections from ten sources that have come so far and say no more. */
async function stall({ server: { port } }: ServedFolder, count: number): Promise<net.Socket[]> {
  const phases = Object.values(STALLED)
  return await Promise.all(
    Array.from({ length: count }, async (_, i) => {
      const socket = await connectFrom(localAddress(10 + (i % 10)), port)
      if (socket.writable) socket.write(phases[i % phases.length] ?? '')
      return socket.resume()
    }),
  )
}

describe.each([
  ['in plaintext', true],
  ['with TLS', false],
])('stalled connections, %s,', (_, plaintext) => {
  it('keep no login of another source out, were there 500', async () => {
    const timeouts = { login: 300_000 }
    await using folder = await ServedFolder.start({ plaintext, timeouts, limits: NOBODY_TRUSTED })
    const { host, port } = folder.server
    const stalled = await stall(folder, 500)
    for (let i = 0; i < 5; i++) {
      const server = { host, port, localAddress: localAddress(2), secure: !plaintext }
      await using client = await RawClient.login(server)
      await client.ask({ type: 'ping' }, 'done')
    }
    // It got in beside them, not when they were gone.
    expect(stalled.filter((socket) => !socket.closed).length).toBeGreaterThan(50)
    for (const socket of stalled) socket.destroy()
  })

  it('are all closed in time', async () => {
    const timeouts = { login: 1_000 }
    await using folder = await ServedFolder.start({ plaintext, timeouts, limits: NOBODY_TRUSTED })
    await Promise.all((await stall(folder, 100)).map(closed))
  })
})

describe('with few open files', () => {
  it('the server takes fewer connections, serves those it has, and takes more when some have gone', async () => {
    using folder = new TempDir()
    const root = folder.folder('root')
    fs.writeFileSync(path.join(root, 'file'), content(2_000_000))
    const under = ['prlimit', '--nofile=256:256']
    await using server = await ServerProcess.start({ root, under })
    const { port } = server
    await using client = await RawClient.login({ host: '127.0.0.1', port })
    const many = await Promise.all(Array.from({ length: 300 }, () => connectFrom(localAddress(1), port)))
    await client.ask({ type: 'list', path: '' }, 'entries')
    client.request({ type: 'get', path: 'file' })
    await client.take('file')
    for (let i = 0; i < 2; i++) await client.take('data')
    for (const socket of many) socket.resume()
    await expect.poll(() => many.filter((socket) => socket.closed).length).toBe(300 - 20)
    for (const socket of many) socket.destroy()
    await expect
      .poll(async () => {
        await using other = await RawClient.login({ host: '127.0.0.1', port })
        return await other.ask({ type: 'ping' }, 'done')
      })
      .toMatchObject({ type: 'done' })
  })
})
