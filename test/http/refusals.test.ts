import { once } from 'node:events'
import net from 'node:net'
import { LIMITS } from '@ftp/protocol'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { addAccount, PASSWORD, withAccounts } from '../support/accounts.ts'
import { content } from '../support/chain.ts'
import { type Answer, request } from '../support/http-client.ts'
import { ServedFolder } from '../support/served-folder.ts'

/** When HTTP lets nobody in any more, and whom. */
describe('an account that changes', () => {
  let folder: ServedFolder
  beforeAll(async () => {
    folder = await ServedFolder.start({ anonymous: 'none' })
    await addAccount(folder.root, 'anna')
    folder.write('large', content(32 * LIMITS.payload))
  })
  afterAll(() => folder[Symbol.asyncDispose]())

  it('in the middle of a download ends it', async () => {
    const { host, port } = folder.server
    const socket = net.connect({ host, port })
    socket.on('error', () => {})
    const authorization = `Basic ${Buffer.from(`anna:${PASSWORD}`).toString('base64')}`
    socket.write(`GET /files/large HTTP/1.1\r\nHost: a\r\nAuthorization: ${authorization}\r\n\r\n`)
    await once(socket, 'data')
    socket.pause()
    await withAccounts(folder.root, (accounts) =>
      accounts.change('anna', (account) => ({ ...account, enabled: false })),
    )
    let bytes = 0
    const slow = setInterval(() => {
      bytes += (socket.read(65_536) ?? socket.read() ?? Buffer.alloc(0)).length
    }, 20)
    await new Promise((resolve) => socket.once('close', resolve))
    clearInterval(slow)
    expect(bytes).toBeLessThan(32 * LIMITS.payload)
    const answer = await request(folder.server, '/files/large', { as: `anna:${PASSWORD}` })
    expect(answer.status).toBe(401)
  })
})

describe('a source', () => {
  let folder: ServedFolder
  beforeEach(async () => {
    // Nobody is trusted, so this machine is a source like any other.
    folder = await ServedFolder.start({ anonymous: 'none', limits: { trusted: [] } })
    await addAccount(folder.root, 'anna')
    folder.write('a', 'a')
  })
  afterEach(() => folder[Symbol.asyncDispose]())

  async function get(path: string, as?: string): Promise<Answer> {
    return await request(folder.server, path, as === undefined ? {} : { as })
  }

  it('is refused after two wrong passwords, and told why', async () => {
    for (let i = 0; i < 2; i++) expect((await get('/files/a', 'anna:wrong')).status).toBe(401)
    let answer = await get('/files/a', 'nobody:x')
    await expect
      .poll(async () => {
        answer = await get('/files/a', 'nobody:x')
        return answer.status
      })
      .toBe(503)
    expect(answer.headers['retry-after']).toBeDefined()
    expect(answer.body.toString()).toContain('too many have failed')
  })

  it('is not refused for asking without a password, for what is not there, or for nothing at all', async () => {
    for (let i = 0; i < 10; i++) {
      expect((await get('/files/a')).status).toBe(401)
      expect((await get('/none')).status).toBe(404)
      expect((await get('/files/%ff')).status).toBe(400)
    }
    expect((await get('/files/a', `anna:${PASSWORD}`)).status).toBe(200)
  })
})

it('two archives at a time are enough for one account', async () => {
  await using folder = await ServedFolder.start()
  folder.write('d/large', content(32 * LIMITS.payload))
  const { host, port } = folder.server
  const sockets = [1, 2].map(() => net.connect({ host, port }))
  for (const socket of sockets) {
    socket.on('error', () => {})
    socket.write('GET /files/d?zip HTTP/1.1\r\nHost: a\r\n\r\n')
    await once(socket, 'data')
    socket.pause()
  }
  const third = await request(folder.server, '/files/d?zip')
  expect([third.status, third.headers['retry-after']]).toEqual([429, '30'])
  for (const socket of sockets) socket.destroy()
  await expect
    .poll(async () => (await request(folder.server, '/files/d?zip', { method: 'HEAD' })).status)
    .toBe(200)
  expect(folder.faults).toEqual([])
})
