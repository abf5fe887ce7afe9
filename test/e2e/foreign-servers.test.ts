import { once } from 'node:events'
import http from 'node:http'
import net from 'node:net'
import { afterEach, describe, expect, it } from 'vitest'
import { runClient } from '../support/client-process.ts'
import type { Result } from '../support/program.ts'
import { TempDir } from '../support/temp-dir.ts'

let stranger: net.Server | undefined
afterEach(async () => {
  const closing = stranger
  stranger = undefined
  await new Promise((resolve) => (closing === undefined ? resolve(undefined) : closing.close(resolve)))
})

describe('A server that is no ftp-server', () => {
  it('but speaks HTTP is told from one, at once', async () => {
    const { code, stderr } = await list(http.createServer((_, response) => response.end('hello')))
    expect(code).toBe(1)
    expect(stderr).toMatch(/127\.0\.0\.1, port \d+ answers, but not as an ftp-server; check the port/)
  })

  it('but greets like SSH is told from one, at once', async () => {
    const { code, stderr } = await list(net.createServer((socket) => socket.write('SSH-2.0-OpenSSH_9.6\r\n')))
    expect(code).toBe(1)
    expect(stderr).toMatch(/answers, but not as an ftp-server; check the port/)
  })

  it('but greets like FTP of old is told from one, at once', async () => {
    const { code, stderr } = await list(net.createServer((socket) => socket.write('220 ready\r\n')))
    expect(code).toBe(1)
    expect(stderr).toMatch(/answers, but not as an ftp-server; check the port/)
  })

  it('and closes at once ends with 6', async () => {
    const { code, stderr } = await list(net.createServer((socket) => socket.destroy()))
    expect(code).toBe(6)
    expect(stderr).toMatch(
      /closed the connection at once; try again in some seconds.*check that it is an ftp-server/,
    )
  })

  it('and resets the connection ends with 6', async () => {
    const { code, stderr } = await list(net.createServer((socket) => socket.resetAndDestroy()))
    expect(code).toBe(6)
    expect(stderr).toMatch(/closed the connection at once/)
  })

  it('and says nothing ends with 6 after --timeout', async () => {
    const { code, stderr } = await list(
      net.createServer(() => {}),
      ['--timeout', '1s'],
    )
    expect(code).toBe(6)
    expect(stderr).toMatch(/said nothing for 1 s/)
  })

  it('and trickles nonsense frames ends with 1', async () => {
    const frame = Buffer.from('\x02\0\0\0{}')
    const { code, stderr } = await list(net.createServer((socket) => socket.write(frame)))
    expect(code).toBe(1)
    expect(stderr).not.toMatch(/\n {4}at /)
  })

  it('and announces a header of 4 GiB costs no memory', async () => {
    const { code, stderr } = await list(net.createServer((socket) => socket.write(Buffer.alloc(64, 0xff))))
    expect(code).toBe(1)
    expect(stderr).toMatch(/answers, but not as an ftp-server/)
  })
})

/** `ls` of such a server. */
async function list(server: net.Server, global: readonly string[] = []): Promise<Result> {
  stranger = server
  const sockets = new Set<net.Socket>()
  server.on('connection', (socket: net.Socket) => sockets.add(socket.on('error', () => {})))
  await once(server.listen(0, '127.0.0.1'), 'listening')
  const address = server.address()
  using folder = new TempDir()
  const port = address !== null && typeof address === 'object' ? address.port : 0
  const result = await runClient(['ls'], { port, config: folder.path, global })
  for (const socket of sockets) socket.destroy()
  return result
}
