import { once } from 'node:events'
import net, { type AddressInfo, type Socket } from 'node:net'
import tls from 'node:tls'
import { Hasher } from '@ftp/md5'
import { encodeFrame } from '@ftp/protocol'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { TempDir } from '../../../../../test/support/temp-dir.ts'
import type { Disconnect } from '../../guards/disconnect.ts'
import { loadIdentity } from '../../state/identity.ts'
import type { Door, Guards, Served } from '../door.ts'
import { enter, type Ways } from './entrance.ts'
import { secureWith } from './secure.ts'

/*
 * Which door a connection gets by its first bytes, over real sockets. Each door here answers with its own name and with
 * all it has been sent.
 */
let folder: TempDir
let server: net.Server
let ended: Promise<Disconnect>
let dropped: string[]
beforeEach(() => {
  folder = new TempDir()
  dropped = []
})
afterEach(() => {
  vi.useRealTimers()
  server.close()
  folder[Symbol.dispose]()
})

/** A door that says its name, and then repeats what it hears. */
function door(name: string): Door {
  return (socket, peer): Served => {
    socket.write(`${name}: `)
    socket.on('data', (chunk: Buffer) => socket.write(chunk))
    socket.on('error', () => {})
    socket.on('end', () => socket.end())
    socket.on('close', () => peer.onClose('served'))
    return {
      drain: () => socket.destroy(),
      drop: ({ text }) => {
        dropped.push(`${name}: ${text}`)
        socket.destroy()
      },
      recheck: () => {},
      yieldMemory: () => {},
    }
  }
}

async function open(
  ways: Partial<Ways>,
  { isEncrypted = true, login = 20_000, refusal = '' } = {},
): Promise<number> {
  const identity = await loadIdentity(folder.at('identity.pem'))
  const secure = secureWith({ identity, web: undefined }, true)
  server = net.createServer({ pauseOnConnect: true })
  ended = new Promise((resolve) => {
    server.on('connection', (socket) => {
      const visitor = {
        address: '',
        accepted: performance.now(),
        onLogin: () => {},
        onWrongPassword: () => {},
        onClose: resolve,
      }
      const served = enter(socket, visitor, guardsWith(login), {
        secure: isEncrypted ? secure : undefined,
        encrypted: { ftx: door('ftx in TLS'), http: door('http in TLS') },
        clear: { ftx: door('ftx'), http: door('http') },
        ssh: undefined,
        ...ways,
      })
      socket.resume()
      if (refusal !== '') served.drop({ text: refusal, seconds: 5, except: [] })
    })
  })
  await once(server.listen(0, '127.0.0.1'), 'listening')
  const address = server.address()
  return isAddress(address) ? address.port : 0
}

function isAddress(address: string | AddressInfo | null): address is AddressInfo {
  return typeof address === 'object' && address !== null
}

function guardsWith(login: number): Guards {
  return {
    server: 'test',
    hasher: new Hasher(),
    get logins(): never {
      throw new Error('nobody logs in here')
    },
    uploadDays: 7,
    timeouts: { login, idle: 1, stall: 1, rate: 1 },
    log: { info: () => {}, warn: () => {}, error: () => {} },
    onFault: (error) => expect.unreachable(error.message),
  }
}

async function closing(socket: Socket): Promise<void> {
  await new Promise((resolve) => socket.once('close', resolve))
}

/** Everything that the other side sends until it closes. */
async function heard(socket: Socket): Promise<string> {
  const chunks: Buffer[] = []
  socket.on('data', (chunk: Buffer) => chunks.push(chunk)).on('error', () => {})
  await closing(socket)
  return Buffer.concat(chunks).toString('latin1')
}

async function send(port: number, pieces: readonly (string | Uint8Array)[]): Promise<string> {
  const socket = net.connect({ port, host: '127.0.0.1', noDelay: true })
  const answer = heard(socket)
  for (const piece of pieces) {
    socket.write(piece)
    await new Promise((resolve) => setImmediate(resolve))
  }
  socket.end()
  return await answer
}

async function handshake(port: number, options: tls.ConnectionOptions): Promise<string> {
  const socket = tls.connect({ port, host: '127.0.0.1', rejectUnauthorized: false, ...options })
  socket.on('secureConnect', () => socket.end('over TLS'))
  return await heard(socket)
}

describe('in clear', () => {
  it.each([40, 790, 2_048])('a frame with a header of %i bytes goes to FTX, complete', async (length) => {
    const bare = encodeFrame({ type: 'hello', client: '' }).length - 4
    const frame = Buffer.from(encodeFrame({ type: 'hello', client: 'x'.repeat(length - bare) }))
    expect(await send(await open({}), [frame])).toBe(`ftx: ${frame.toString('latin1')}`)
  })

  it('a request of HTTP goes to HTTP, however its first bytes are cut', async () => {
    const port = await open({})
    const request = 'GET / HTTP/1.1\r\n\r\n'
    expect(await send(port, [request])).toBe(`http: ${request}`)
    expect(await send(port, [...request])).toBe(`http: ${request}`)
  })

  it('SSH goes to its door, or is closed if there is none', async () => {
    expect(await send(await open({}), ['SSH-2.0-x\r\n'])).toBe('')
    expect(await ended).toBe('violation')
    server.close()
    expect(await send(await open({ ssh: door('ssh') }), ['SSH-2.0-x\r\n'])).toBe('ssh: SSH-2.0-x\r\n')
  })

  it('whoever says nothing for five seconds is taken for a client of SSH', async () => {
    const port = await open({ ssh: door('ssh') })
    const socket = net.connect({ port, host: '127.0.0.1' })
    const [said]: Buffer[] = await once(socket, 'data')
    expect(said?.toString()).toBe('ssh: ')
    socket.destroy()
  })

  it.each([
    ['nothing that is known', ['hello there'], 'violation'],
    ['less than four bytes', ['GE'], 'violation'],
    ['nothing', [], 'silent'],
  ] as const)('a connection with %s is closed', async (_, pieces, disconnect) => {
    expect(await send(await open({}), pieces)).toBe('')
    expect(await ended).toBe(disconnect)
  })

  it('TLS is not understood by a server in plaintext, nor a frame by any other', async () => {
    await handshake(await open({}, { isEncrypted: false }), {})
    expect(await ended).toBe('silent')
    server.close()
    expect(await send(await open({ clear: { ftx: undefined, http: undefined } }), ['\x40\0\0\0'])).toBe('')
    expect(await ended).toBe('silent')
  })

  it('the time for the login runs before the first byte, too', async () => {
    const socket = net.connect({ port: await open({}, { login: 50 }), host: '127.0.0.1' })
    socket.write('GE')
    await closing(socket)
    expect(await ended).toBe('late')
  })
})

describe('in TLS', () => {
  it.each([
    ['ftx/1', { ALPNProtocols: ['ftx/1'] }, 'ftx in TLS: over TLS'],
    ['ftx/1 and HTTP', { ALPNProtocols: ['http/1.1', 'ftx/1'] }, 'ftx in TLS: over TLS'],
    ['HTTP', { ALPNProtocols: ['h2', 'http/1.1'] }, 'http in TLS: over TLS'],
    ['HTTP by TLS 1.2', { ALPNProtocols: ['http/1.1'], maxVersion: 'TLSv1.2' }, 'http in TLS: over TLS'],
    ['nothing', {}, 'http in TLS: over TLS'],
    ['ftx/1 by TLS 1.2', { ALPNProtocols: ['ftx/1'], maxVersion: 'TLSv1.2' }, ''],
    ['HTTP/2 alone', { ALPNProtocols: ['h2'] }, ''],
  ] as const)('whoever asks for %s gets the right door', async (_, options, answer) => {
    const { ALPNProtocols, ...rest } = { ALPNProtocols: [] as readonly string[], ...options }
    expect(await handshake(await open({}), { ...rest, ALPNProtocols: [...ALPNProtocols] })).toBe(answer)
  })

  it('a hello in pieces of one byte is one, too', async () => {
    const port = await open({})
    const raw = net.connect({ port, host: '127.0.0.1', noDelay: true })
    await once(raw, 'connect')
    const write = raw.write.bind(raw)
    const slow = new Proxy(raw, {})
    slow.write = (bytes: Uint8Array | string) => {
      for (const byte of Buffer.from(bytes)) write(Uint8Array.of(byte))
      return true
    }
    const socket = tls.connect({ socket: slow, rejectUnauthorized: false })
    socket.on('secureConnect', () => socket.end('over TLS'))
    expect(await heard(socket)).toBe('http in TLS: over TLS')
  })

  it('a client that does not trust the certificate is not blamed for it', async () => {
    const socket = tls.connect({ port: await open({}), host: '127.0.0.1', ALPNProtocols: ['http/1.1'] })
    socket.on('error', () => {})
    await closing(socket)
    expect(await ended).toBe('distrusted')
  })

  it('a connection is closed at once when it breaks the encryption', async () => {
    const raw = net.connect({ port: await open({}), host: '127.0.0.1' })
    const socket = tls.connect({ socket: raw, rejectUnauthorized: false })
    socket.on('error', () => {})
    await once(socket, 'data')
    raw.write(Buffer.concat([Buffer.of(0x17, 3, 3, 0, 32), Buffer.alloc(32)]))
    await closing(raw)
    expect(await ended).toBe('served')
  })

  it('nobody can ask for another handshake, which would cost the server more than the client', async () => {
    const options = { port: await open({}), host: '127.0.0.1', maxVersion: 'TLSv1.2' } as const
    const socket = tls.connect({ ...options, rejectUnauthorized: false })
    await once(socket, 'secureConnect')
    const refused = once(socket, 'error')
    socket.renegotiate({ rejectUnauthorized: false }, (error) =>
      socket.destroy(error ?? new Error('it was made')),
    )
    expect(await refused).toMatchObject([{ message: expect.stringMatching(/no.renegotiation/i) }])
  })
})

it('a refused connection hears why as soon as its protocol is known', async () => {
  await send(await open({}, { refusal: 'too many' }), ['GET / HTTP/1.1\r\n\r\n'])
  expect(dropped).toEqual(['http: too many'])
})
