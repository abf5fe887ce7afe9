import { createHash } from 'node:crypto'
import { once } from 'node:events'
import tls from 'node:tls'
import { ALPN, encodeFrame, FrameDecoder, LIMITS } from '@ftp/protocol'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { RawClient } from '../support/raw-client.ts'
import { ServedFolder } from '../support/served-folder.ts'

/** The transport: PROTOCOL.md, section 2, against a real server. */
let folder: ServedFolder

beforeAll(async () => {
  folder = await ServedFolder.start({ plaintext: false })
})
afterAll(() => folder[Symbol.asyncDispose]())

const HELLO = encodeFrame({ id: 1, type: 'hello', versions: [1], client: 'test' })

/** Says hello over TLS. @returns the certificate's key, and what came back first, if anything */
async function sayHello(
  options: tls.ConnectionOptions,
): Promise<{ key: Buffer | undefined; received: Buffer | undefined }> {
  const { host, port } = folder.server
  const socket = tls.connect({ host, port, rejectUnauthorized: false, ...options })
  let received: Buffer | undefined
  let key: Buffer | undefined
  socket.on('secureConnect', () => {
    key = socket.getPeerX509Certificate()?.publicKey.export({ type: 'spki', format: 'der' })
    socket.write(HELLO)
  })
  socket.on('data', (chunk: Buffer) => {
    received ??= chunk
    socket.destroy()
  })
  socket.on('error', () => {})
  await new Promise((resolve) => socket.once('close', resolve))
  return { key, received }
}

function framesIn(bytes: Uint8Array = new Uint8Array()): object[] {
  const decoder = new FrameDecoder({ header: LIMITS.headerFromServer, payload: 0 })
  return [...decoder.push(bytes)].map(({ header }) => header)
}

it('P-2.2, P-2.5: the same frames travel inside TLS 1.3, under the key whose fingerprint the server tells', async () => {
  const { key, received } = await sayHello({ ALPNProtocols: [ALPN], minVersion: 'TLSv1.3' })
  expect(ALPN).toBe('ftx/1')
  expect(framesIn(received)).toMatchObject([{ id: 1, type: 'welcome' }])
  expect(folder.server.fingerprint).toBe(
    `sha256:${createHash('sha256')
      .update(key ?? '')
      .digest('hex')}`,
  )
})

it.each([
  ['without ALPN', { minVersion: 'TLSv1.3' }],
  ['with the ALPN name of HTTP', { minVersion: 'TLSv1.3', ALPNProtocols: ['http/1.1'] }],
] satisfies [string, tls.ConnectionOptions][])(
  'P-2.2: a frame in TLS %s is a bad request of HTTP',
  async (_, options) => {
    expect((await sayHello(options)).received?.toString('latin1')).toMatch(/^HTTP\/1\.1 400 /)
  },
)

it.each([
  ['of version 1.2', { maxVersion: 'TLSv1.2', ALPNProtocols: ['ftx/1'] }],
  ['with an unknown ALPN name', { minVersion: 'TLSv1.3', ALPNProtocols: ['ftx/0'] }],
] satisfies [string, tls.ConnectionOptions][])('P-2.2: TLS %s gets no answer', async (_, options) => {
  expect((await sayHello(options)).received).toBeUndefined()
})

it('P-2.2: a server that was not told to speak plaintext does not', async () => {
  await using client = await RawClient.connect(folder.server)
  const bytes: Buffer[] = []
  client.socket.removeAllListeners('data').on('data', (chunk: Buffer) => bytes.push(chunk))
  client.hello()
  await Promise.race([once(client.socket, 'data'), once(client.socket, 'close')])
  expect(Buffer.concat(bytes).toString('latin1')).not.toContain('welcome')
})
