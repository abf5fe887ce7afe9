import { once } from 'node:events'
import net from 'node:net'
import { LIMITS } from '@ftp/protocol'
import { expect, it } from 'vitest'
import { content } from '../support/chain.ts'
import { request } from '../support/http-client.ts'
import { ServedFolder } from '../support/served-folder.ts'

/** More than a thread has blocks. */
const READERS = 150
const LARGE = content(8 * LIMITS.payload)

it('clients that do not read what they have asked for keep no memory from others', async () => {
  await using folder = await ServedFolder.start({
    limits: { trusted: ['127.0.0.0/8'] },
  })
  folder.write('large', LARGE)
  const { host, port } = folder.server
  const sockets = Array.from({ length: READERS }, () => net.connect({ host, port }))
  await Promise.all(
    sockets.map(async (socket) => {
      socket.on('error', () => {})
      await once(socket, 'connect')
      socket.write('GET /files/large HTTP/1.1\r\nHost: a\r\n\r\n')
      await once(socket, 'readable')
    }),
  )
  for (const method of ['GET', 'PUT']) {
    const answer = await request(folder.server, '/files/large', {
      method,
      ...(method === 'PUT' && { body: LARGE }),
    })
    expect([200, 204]).toContain(answer.status)
  }
  for (const socket of sockets) socket.destroy()
  expect(folder.faults).toEqual([])
})
