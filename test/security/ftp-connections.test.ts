import { once } from 'node:events'
import net from 'node:net'
import { buffer, text } from 'node:stream/consumers'
import tls from 'node:tls'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { addAccount } from '../support/accounts.ts'
import { MIB, randomBytes } from '../support/files.ts'
import { FtpClient } from '../support/ftp-client.ts'
import { ServedFolder } from '../support/served-folder.ts'

/** What a client of FTP, or somebody beside it, may do to the connections of a session. */
const BYTES = randomBytes(4 * MIB, 3)
const ABOR = Buffer.from([0xff, 0xf4, 0xff, 0xf2, ...Buffer.from('ABOR\r\n')])

let folder: ServedFolder
beforeAll(async () => {
  folder = await ServedFolder.start({
    plaintext: false,
    anonymous: 'none',
    ftp: true,
    ftpPort: 0,
  })
  await addAccount(folder.root, 'anna', { clearFtp: true })
  folder.write('large', BYTES)
  folder.write('file', 'old')
})
afterAll(async () => {
  expect(folder.faults).toEqual([])
  await folder[Symbol.asyncDispose]()
})

async function enter(): Promise<FtpClient> {
  return await FtpClient.enter(folder.server.ftpPort, { isEncrypted: false })
}

async function closing(socket: net.Socket): Promise<void> {
  await new Promise<void>((resolve) => socket.on('error', () => {}).once('close', () => resolve()))
}

/** The port that a client is told. */
async function passivePort(client: FtpClient): Promise<number> {
  const { text: told } = await client.command('EPSV')
  return Number(/\|\|\|(\d+)\|/.exec(told)?.[1])
}

describe('a data connection', () => {
  it('is taken only from the address of the client: a stranger is closed, and the client still gets its file', async () => {
    using client = await enter()
    const port = await passivePort(client)
    const stranger = net.connect({ port, host: '127.0.0.1', localAddress: '127.0.0.2' })
    await closing(stranger)
    const own = net.connect({ port, host: '127.0.0.1' })
    expect((await client.command('RETR file')).code).toBe(150)
    expect(await text(own)).toBe('old')
    expect((await client.reply()).code).toBe(226)
  })

  it('is one: its port is closed to the next one, and to those of an earlier PASV', async () => {
    using client = await enter()
    const early = await passivePort(client)
    const port = await passivePort(client)
    const own = net.connect({ port, host: '127.0.0.1' })
    await once(own, 'connect')
    expect((await client.command('RETR file')).code).toBe(150)
    await buffer(own)
    for (const closed of [early, port]) {
      const late = net.connect({ port: closed, host: '127.0.0.1' })
      const [error] = await once(late, 'error')
      expect(error).toMatchObject({ code: 'ECONNREFUSED' })
    }
  })

  it('is asked for again and again without a port being kept', async () => {
    using client = await enter()
    for (let i = 0; i < 100; i++) expect((await client.command('PASV')).code).toBe(227)
    expect((await client.receive('RETR file')).bytes.toString()).toBe('old')
  })

  it('has to be encrypted if that was agreed upon', async () => {
    using client = await FtpClient.enter(folder.server.ftpPort)
    const raw = await client.passive()
    expect((await client.command('STOR clear')).code).toBe(150)
    raw.end('not encrypted')
    expect((await client.reply()).code).toBe(425)
    expect(folder.has('clear')).toBe(false)
    expect(folder.partials()).toEqual([])
  })

  it('reaches a client in active mode', async () => {
    using client = await enter()
    const server = net.createServer().listen(0, '127.0.0.1')
    await once(server, 'listening')
    const address = server.address()
    const port = address !== null && typeof address === 'object' ? address.port : 0
    expect((await client.command(`EPRT |1|127.0.0.1|${port}|`)).code).toBe(200)
    const arrived = once(server, 'connection')
    expect((await client.command('RETR file')).code).toBe(150)
    const [data] = await arrived
    expect(await text(data)).toBe('old')
    expect((await client.reply()).code).toBe(226)
    server.close()
    expect(await client.codes(`EPRT |1|127.0.0.1|${port}|`, 'RETR file')).toEqual([200, 425])
  })
})

describe('ABOR', () => {
  it('ends a download, and the session goes on', async () => {
    using client = await enter()
    const data = await client.passive()
    expect((await client.command('RETR large')).code).toBe(150)
    client.send(ABOR)
    expect((await client.reply()).code).toBe(426)
    expect((await client.reply()).code).toBe(226)
    data.destroy()
    expect((await client.receive('RETR file')).bytes.toString()).toBe('old')
  })

  it('ends an upload, which changes nothing', async () => {
    using client = await enter()
    const data = await client.passive()
    expect((await client.command('STOR file')).code).toBe(150)
    data.write('new')
    client.send(ABOR)
    expect((await client.reply()).code).toBe(426)
    expect((await client.reply()).code).toBe(226)
    expect(Buffer.from(folder.read('file')).toString()).toBe('old')
  })

  it('in one segment with STOR ends it, too', async () => {
    using client = await enter()
    await client.command('EPSV')
    client.send(Buffer.concat([Buffer.from('STOR file\r\n'), ABOR, ABOR]))
    expect([(await client.reply()).code, (await client.reply()).code, (await client.reply()).code]).toEqual([
      426, 226, 225,
    ])
    expect(Buffer.from(folder.read('file')).toString()).toBe('old')
  })
})

describe('commands during a transfer', () => {
  it('wait for its end, and do not change what it does', async () => {
    using client = await enter()
    const data = await client.passive()
    expect((await client.command('STOR during')).code).toBe(150)
    client.send('CWD nowhere\r\nDELE during\r\nRNFR during\r\nQUIT\r\n')
    data.end('whole')
    expect((await client.reply()).code).toBe(226)
    const codes = []
    for (let i = 0; i < 5; i++) codes.push((await client.reply()).code)
    expect(codes).toEqual([550, 250, 550, 221, 0])
  })

  it('lost with the control connection, an upload is not stored', async () => {
    const client = await enter()
    const data = await client.passive()
    expect((await client.command('STOR lost')).code).toBe(150)
    data.write('half')
    client[Symbol.dispose]()
    await closing(data.resume())
    expect(folder.has('lost')).toBe(false)
  })
})

it('many commands at once are all answered, in order', async () => {
  using client = await enter()
  client.send('NOOP\r\n'.repeat(2_000))
  client.send('SYST\r\n')
  for (let i = 0; i < 2_000; i++) expect((await client.reply()).code).toBe(200)
  expect((await client.reply()).code).toBe(215)
})

it('of two who add to a file at once, the later one is told that it has changed', async () => {
  folder.write('log', 'a')
  using one = await enter()
  using other = await enter()
  const [first, second] = [await one.passive(), await other.passive()]
  expect((await one.command('APPE log')).code).toBe(150)
  expect((await other.command('APPE log')).code).toBe(150)
  first.end('b')
  expect((await one.reply()).code).toBe(226)
  second.end('c')
  expect((await other.reply()).code).toBe(450)
  expect(Buffer.from(folder.read('log')).toString()).toBe('ab')
})

it('a browser that asks for HTTP inside TLS gets no handshake', async () => {
  using client = await FtpClient.connect(folder.server.ftpPort)
  expect((await client.command('AUTH TLS')).code).toBe(234)
  await expect(client.handshake({ ALPNProtocols: ['http/1.1'] })).rejects.toThrow()
})

it('can have to resume the TLS session of its control connection', async () => {
  await using strict = await ServedFolder.start({
    plaintext: false,
    anonymous: 'read',
    ftp: true,
    ftpPort: 0,
    ftpRequireResumption: true,
  })
  strict.write('file', 'old')
  const { ftpPort } = strict.server
  using client = await FtpClient.enter(ftpPort, { user: 'anonymous' })
  expect((await client.receive('RETR file')).bytes.toString()).toBe('old')
  using other = await FtpClient.enter(ftpPort, { user: 'ftp' })
  for (const session of [undefined, other.session]) {
    const raw = await client.passive()
    expect((await client.command('RETR file')).code).toBe(150)
    const data = tls.connect({ socket: raw, rejectUnauthorized: false, ...(session && { session }) })
    data.on('error', () => {})
    expect((await client.reply()).code).toBe(522)
    expect(await text(data).catch(() => '')).toBe('')
  }
  expect(strict.faults).toEqual([])
})
