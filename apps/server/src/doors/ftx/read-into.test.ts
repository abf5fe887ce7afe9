import { once } from 'node:events'
import net from 'node:net'
import { Duplex } from 'node:stream'
import tls from 'node:tls'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { TempDir } from '../../../../../test/support/temp-dir.ts'
import { loadIdentity } from '../../state/identity.ts'
import { secureWith } from '../entrance/secure.ts'
import { readInto } from './read-into.ts'

const PORT = { host: '127.0.0.1', port: 0 }
const HALF = 160_000
const MESSAGE = Buffer.from('sixteen bytes ..'.repeat(20_000))

let folder: TempDir
let server: net.Server
beforeEach(() => {
  folder = new TempDir()
  server = net.createServer({ pauseOnConnect: true })
})
afterEach(() => {
  server.close()
  folder[Symbol.dispose]()
})

/**
 * Connects, sends the message, and gives what a socket of the server has read of it: one half into one place again and again,
 * the other, after a break, into another.
 */
async function arrivals(wrap: (socket: net.Socket) => net.Socket, encrypted: boolean): Promise<Buffer> {
  await once(server.listen(PORT), 'listening')
  const address = server.address()
  const port = typeof address === 'object' && address !== null ? address.port : 0
  const accepted = once(server, 'connection')
  const client = encrypted
    ? tls.connect({ ...PORT, port, rejectUnauthorized: false, ALPNProtocols: ['ftx/1'] })
    : net.connect({ ...PORT, port })
  const [raw]: net.Socket[] = await accepted
  if (raw === undefined) throw new Error('nobody connected')
  const socket = wrap(raw)
  const [first, second] = [5_000, 7_000].map((size) => new Uint8Array(new SharedArrayBuffer(size)))
  let place = first ?? MESSAGE
  const got: Buffer[] = []
  let arrived = 0
  let arrival = Promise.withResolvers<void>()
  const took = (count: number): void => {
    got.push(Buffer.copyBytesFrom(place, 0, count))
    arrived += count
    if (arrived === HALF || arrived === MESSAGE.length) arrival.resolve()
  }
  const renew = readInto(socket, { destination: () => place, took })
  socket.on('data', () => expect.unreachable('a buffer was made for it'))
  socket.on('error', () => {})
  raw.resume()
  client.on('error', () => {})
  client.write(MESSAGE.subarray(0, HALF))
  await arrival.promise
  const before = first?.slice()
  place = second ?? MESSAGE
  renew?.()
  arrival = Promise.withResolvers()
  client.write(MESSAGE.subarray(HALF))
  await arrival.promise
  expect(first).toEqual(before)
  client.destroy()
  socket.destroy()
  return Buffer.concat(got)
}

describe('an accepted socket', () => {
  it('reads into the memory of its owner', async () => {
    expect((await arrivals((socket) => socket, false)).equals(MESSAGE)).toBe(true)
  })

  it('does so under TLS', async () => {
    const identity = await loadIdentity(folder.at('identity.pem'))
    const secure = secureWith({ identity, web: undefined }, false)
    expect((await arrivals(secure, true)).equals(MESSAGE)).toBe(true)
  })

  it('is read by events where it is none', () => {
    const stream = new Duplex({ read: () => {} })
    expect(readInto(stream, { destination: () => MESSAGE, took: () => {} })).toBeUndefined()
  })
})
