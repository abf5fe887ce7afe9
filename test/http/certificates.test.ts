import { createHash, X509Certificate } from 'node:crypto'
import fs from 'node:fs'
import tls from 'node:tls'
import { afterEach, beforeEach, expect, it } from 'vitest'
import { certificateFor } from '../../apps/server/src/certificates/certificate.ts'
import { loadIdentity } from '../../apps/server/src/state/identity.ts'
import { raw, request } from '../support/http-client.ts'
import { ServedFolder } from '../support/served-folder.ts'
import { TempDir } from '../support/temp-dir.ts'

/** Which certificate is shown to whom, against real servers. */
let own: TempDir
beforeEach(() => {
  own = new TempDir()
})
afterEach(() => own[Symbol.dispose]())

/** Writes a certificate for these names and its key, as an operator would. @returns the fingerprint of the certificate */
async function bring(names: readonly string[], name = 'own'): Promise<string> {
  const identity = await loadIdentity(own.at(`${name}.identity`))
  const pem = await certificateFor(identity, own.at(`${name}.kept`), names)
  fs.writeFileSync(own.at('key.pem'), identity.key)
  fs.writeFileSync(own.at('cert.pem'), pem)
  return new X509Certificate(pem).fingerprint256
}

/** The certificate that the server shows to a client of these protocols. */
async function shown({ server }: ServedFolder, ALPNProtocols: string[]): Promise<X509Certificate> {
  const { host, port } = server
  const socket = tls.connect({ host, port, ALPNProtocols, rejectUnauthorized: false })
  await new Promise((resolve, reject) => socket.once('secureConnect', resolve).once('error', reject))
  const certificate = socket.getPeerX509Certificate()
  socket.destroy()
  if (certificate === undefined) throw new Error('there is none')
  return certificate
}

async function start(options = {}): Promise<ServedFolder> {
  return await ServedFolder.start({
    plaintext: false,
    tlsCert: own.at('cert.pem'),
    tlsKey: own.at('key.pem'),
    ...options,
  })
}

it("the server's own certificate names its addresses, and is for the key that clients pin", async () => {
  await using folder = await ServedFolder.start({ plaintext: false })
  for (const protocols of [['ftx/1'], ['http/1.1'], []]) {
    const certificate = await shown(folder, protocols)
    expect(certificate.checkIP('127.0.0.1')).toBe('127.0.0.1')
    const spki = certificate.publicKey.export({ type: 'spki', format: 'der' })
    expect(`sha256:${createHash('sha256').update(spki).digest('hex')}`).toBe(folder.server.fingerprint)
  }
})

it('a certificate of the operator is shown to browsers, and never to clients that pin the key', async () => {
  const fingerprint = await bring(['nas.example.org'])
  await using folder = await start()
  for (const protocols of [['h2', 'http/1.1'], []])
    expect((await shown(folder, protocols)).fingerprint256).toBe(fingerprint)
  expect((await shown(folder, ['ftx/1'])).fingerprint256).not.toBe(fingerprint)
  const named = { headers: { host: 'nas.example.org' } }
  expect((await request(folder.server, '/health', named)).status).toBe(200)
  expect((await request(folder.server, '/health', { headers: { host: 'x.example.org' } })).status).toBe(421)
})

it('it is read again on request and when it changes; one that is no good is not used', async () => {
  const first = await bring(['one.example.org'])
  await using folder = await start()
  expect((await shown(folder, ['http/1.1'])).fingerprint256).toBe(first)
  const second = await bring(['two.example.org'], 'renewed')
  folder.server.reopen()
  await expect.poll(async () => (await shown(folder, ['http/1.1'])).fingerprint256).toBe(second)
  fs.writeFileSync(own.at('cert.pem'), 'no certificate')
  folder.server.reopen()
  expect((await request(folder.server, '/health')).status).toBe(200)
  expect((await shown(folder, ['http/1.1'])).fingerprint256).toBe(second)
  expect(folder.faults).toEqual([])
})

it.each([
  ['one file without the other', () => ({ tlsKey: undefined })],
  ['a file that is not there', () => ({ tlsCert: own.at('none.pem') })],
  ['files that do not belong together', () => ({ tlsKey: own.at('other.pem') })],
  ['a key that is none', () => ({ tlsKey: own.at('cert.pem') })],
  ['plaintext', () => ({ plaintext: true })],
  ['no web', () => ({ web: false })],
])('a server does not start with %s', async (_, options) => {
  await bring(['nas.example.org'])
  const other = await loadIdentity(own.at('other.identity'))
  fs.writeFileSync(own.at('other.pem'), other.key)
  await expect(start(options())).rejects.toThrow(/--tls-|certificate|\.pem/)
})

it('a server without HTTP closes its connections, and those in clear, unanswered', async () => {
  await using folder = await ServedFolder.start({ plaintext: false, web: false })
  const { server } = folder
  await expect(shown(folder, ['http/1.1'])).rejects.toThrow(/alert no application protocol|disconnected/)
  await expect(shown(folder, ['ftx/1'])).resolves.toBeDefined()
  const inClear = { host: server.host, port: server.port, fingerprint: undefined }
  expect(await raw(inClear, 'GET / HTTP/1.1\r\nHost: a\r\n\r\n')).toBe('')
})

it('a request in clear is sent to https, and nowhere else', async () => {
  await using folder = await ServedFolder.start({ plaintext: false })
  const { host, port } = folder.server
  const ask = async (head: string): Promise<string> =>
    await raw({ host, port, fingerprint: undefined }, `${head}\r\n\r\n`)
  const moved = await ask('GET /files/a%20b?zip HTTP/1.1\r\nHost: nas:7021')
  expect(moved).toMatch(/^HTTP\/1\.1 308 /)
  expect(moved).toMatch(/\r\nLocation: https:\/\/nas:7021\/files\/a%20b\?zip\r\n/)
  expect(moved).toMatch(/\r\nConnection: close\r\n/i)
  expect(moved).not.toMatch(/set-cookie/i)
  for (const head of [
    'GET / HTTP/1.1\r\nHost: evil.test',
    'GET //evil.test/ HTTP/1.1\r\nHost: evil.test',
    'GET / HTTP/1.1\r\nHost: a@b',
    'GET http://evil.test/ HTTP/1.1\r\nHost: nas',
    'GET /files/../x HTTP/1.1\r\nHost: nas',
  ])
    expect(await ask(head)).toMatch(/^HTTP\/1\.1 400 /)
})
