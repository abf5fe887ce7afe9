import fs from 'node:fs'
import net from 'node:net'
import { PassThrough, Writable } from 'node:stream'
import { type Client, connect, type Progress } from '@ftp/client'
import { afterAll, afterEach, beforeAll, describe, expect, it, vi } from 'vitest'
import { ChaosProxy } from '../support/chaos-proxy.ts'
import { MIB, randomBytes, writeRandom } from '../support/files.ts'
import { LocalSite } from '../support/local-site.ts'

const SIZE = 6 * MIB + 100

let site: LocalSite
beforeAll(async () => {
  site = await LocalSite.open({ threads: 2 })
})
afterAll(() => site[Symbol.asyncDispose]())
afterEach(() => vi.restoreAllMocks())

async function open(port = site.server.port): Promise<Client> {
  return await connect(`127.0.0.1:${port}`, { plaintext: true, config: site.local('config') })
}

/** The size of the only unfinished upload; undefined if there is none. */
function partialSize(): number | undefined {
  const name = fs.readdirSync(site.root).find((one) => one.startsWith('.ftp-part-'))
  return name === undefined ? undefined : fs.statSync(site.remote(name), { throwIfNoEntry: false })?.size
}

/** The sockets of the connections that the client opens from now on. */
function watchSockets(): net.Socket[] {
  const sockets: net.Socket[] = []
  const original = net.connect
  vi.spyOn(net, 'connect').mockImplementation(((options: net.NetConnectOpts) => {
    const socket = original(options)
    sockets.push(socket)
    return socket
  }) as typeof net.connect)
  return sockets
}

describe('A stream that is stored', () => {
  const bytes = randomBytes(SIZE, 1)

  it('survives any number of lost connections, as a file does', async () => {
    await using proxy = await ChaosProxy.start(site.server.port)
    using client = await open(proxy.port)
    // The server has proven the first block, so the client no longer has it.
    let next = MIB
    const onProgress = ({ bytes: proven }: Progress): void => {
      if (proven < next) return
      next = proven + MIB
      proxy.cut()
    }
    await client.put(bytes, 'cut', { onProgress })
    expect(fs.readFileSync(site.remote('cut')).equals(bytes)).toBe(true)
    expect(proxy.connections).toBeGreaterThan(1)
  })

  it('goes on if the connection is lost while its producer rests, also before its first block', async () => {
    for (const rests of [0, 100, MIB, 2 * MIB + 5, 5 * MIB, SIZE]) {
      await using proxy = await ChaosProxy.start(site.server.port)
      using client = await open(proxy.port)
      const producer = new PassThrough({ highWaterMark: SIZE })
      const storing = client.put(producer, 'rested')
      if (rests > 0) producer.write(bytes.subarray(0, rests))
      // What the client can send without the rest, less the block it holds back until it knows the next one.
      await proxy.passed('up', Math.max(0, Math.floor(rests / MIB) - 1) * MIB)
      proxy.cut()
      producer.end(bytes.subarray(rests))
      await storing
      expect(fs.readFileSync(site.remote('rested')).equals(bytes), `rested at ${rests}`).toBe(true)
    }
  })

  it('does not take a rest of its producer for the silence of the server', async () => {
    const sockets = watchSockets()
    using client = await open()
    const producer = new PassThrough({ highWaterMark: SIZE })
    const storing = client.put(producer, 'slow')
    producer.write(bytes.subarray(0, 2 * MIB))
    // The server has all that could be sent: the last block is held back until the next one is known.
    await expect.poll(partialSize).toBe(MIB)
    await expect.poll(() => sockets.map(({ writableLength }) => writableLength)).toEqual([0])
    for (const socket of sockets) socket.emit('timeout')
    producer.end(bytes.subarray(2 * MIB))
    await storing
    expect(sockets).toHaveLength(1)
    expect(fs.readFileSync(site.remote('slow')).equals(bytes)).toBe(true)
  })
})

describe('A stream that is fetched', () => {
  it('does not take a rest of its reader for the silence of the server', async () => {
    const bytes = writeRandom(site.remote('read'), SIZE, 2)
    const sockets = watchSockets()
    using client = await open()
    const read: Buffer[] = []
    const go = Promise.withResolvers<void>()
    const reader = new Writable({
      write(chunk: Buffer, _encoding, done) {
        read.push(chunk)
        void go.promise.then(() => done())
      },
    })
    const fetching = client.get('read', reader)
    // The server has sent all that it may.
    await expect.poll(() => reader.writableLength).toBeGreaterThanOrEqual(2 * MIB)
    for (const socket of sockets) socket.emit('timeout')
    go.resolve()
    await fetching
    expect(sockets).toHaveLength(1)
    expect(Buffer.concat(read).equals(bytes)).toBe(true)
  })
})
