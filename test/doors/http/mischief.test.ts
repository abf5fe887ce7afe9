import { once } from 'node:events'
import fs from 'node:fs'
import { setImmediate } from 'node:timers/promises'
import tls from 'node:tls'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { addAccount, PASSWORD } from '../../support/accounts.ts'
import { until } from '../../support/deadline.ts'
import { randomNumbers } from '../../support/files.ts'
import { request } from '../../support/http-client.ts'
import { ServedFolder } from '../../support/served-folder.ts'

/*
 * Clients that pipeline, cut their requests anywhere, garble a byte, and leave in every way there is. `CLIENTS=5000
 * SEED=7` makes it longer.
 */
const CLIENTS = Number(process.env['CLIENTS'] ?? 100)
const SEED = Number(process.env['SEED'] ?? 1)
const TOGETHER = 20
/** How many rounds of the event loop a client waits at most. */
const PATIENCE = 400

const random = randomNumbers(SEED)
const below = (limit: number): number => Math.floor(random() * limit)
const pick = <T>(first: T, ...others: T[]): T => others[below(others.length + 1)] ?? first

let folder: ServedFolder
beforeAll(async () => {
  folder = await ServedFolder.start({
    plaintext: false,
    anonymous: 'none',
    limits: { trusted: ['127.0.0.0/8'] },
  })
  await addAccount(folder.root, 'anna')
  folder.write('big', Buffer.alloc(8 << 20, 'b'))
  for (let i = 0; i < 100; i++) folder.write(`many/${i}`, 'x')
})
afterAll(() => folder[Symbol.asyncDispose]())

const as = `anna:${PASSWORD}`
const FIELDS = `Host: nas\r\nAuthorization: Basic ${Buffer.from(as).toString('base64')}\r\n`

function message(line: string, fields: string, body = ''): string {
  const length = body === '' ? '' : `Content-Length: ${body.length}\r\n`
  return `${line} HTTP/1.1\r\n${FIELDS}${fields}${length}\r\n${body}`
}

/** The bodies that have been sent as whole files. */
const sent = new Set(['helloabc'])

function file(): string {
  const body = 'x'.repeat(below(200_000))
  sent.add(body)
  return message(`PUT /files/p${below(5)}`, '', body)
}

const JSON_BODY = 'Content-Type: application/json\r\n'
const REQUESTS: readonly (() => string)[] = [
  file,
  file,
  () =>
    message(`PUT /files/p${below(5)}`, 'Transfer-Encoding: chunked\r\n') +
    '5;x=1\r\nhello\r\n3\r\nabc\r\n0\r\n\r\n',
  () => message(`POST /files/u${below(3)}`, `Upload-Complete: ?${below(2)}\r\n`, 'y'.repeat(below(5_000))),
  () => message(pick('GET', 'HEAD'), '').replace(' HTTP', ' /files/big HTTP'),
  () => message('GET /files/big', `Range: bytes=${below(8_000_000)}-\r\n`),
  () => message(pick('GET', 'HEAD'), '').replace(' HTTP', ` /files/many/${pick('', '?zip', '?usage')} HTTP`),
  () => message('PUT /files/e', 'Expect: 100-continue\r\n', 'hello'),
  () => message('POST /tokens', JSON_BODY, JSON.stringify({ name: `t${below(4)}` })),
  () => message(`DELETE /tokens/t${below(4)}`, '', pick('', 'unexpected')),
  () => message('POST /shares', JSON_BODY, '{"path":"many","access":"read"}'),
  () => message('POST /session', ''),
  () => message(pick('GET /sessions', 'GET /uploads', 'GET /tokens', 'OPTIONS *'), ''),
  () => message('COPY /files/many', `Destination: /files/c${below(3)}\r\n`),
  () => message(`MOVE /files/c${below(3)}`, `Destination: /files/c${below(3)}\r\n`),
  () => message(`DELETE /files/c${below(3)}`, ''),
  () => pick('GET / HTTP/1.0\r\n\r\n', 'GET /\r\n', 'PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n', '\0\0\0\0'),
  () => message('GET /health', 'Connection: Upgrade\r\nUpgrade: websocket\r\n'),
]

function bytes(): Buffer {
  const all = Buffer.from(
    Array.from({ length: 1 + below(6) }, () => pick(...(REQUESTS as [() => string]))()).join(''),
  )
  const kept = random() < 0.5 ? all : all.subarray(0, below(all.length))
  // A garbled file would be a file, too.
  const head = kept.indexOf('PUT') === -1 ? kept.length : kept.indexOf('PUT')
  if (random() < 0.2 && head > 0) kept[below(head)] = below(256)
  return kept
}

async function pause(): Promise<void> {
  for (let round = below(PATIENCE); round > 0; round--) await setImmediate()
}

async function client(): Promise<void> {
  const socket = tls.connect({ host: '127.0.0.1', port: folder.server.port, rejectUnauthorized: false })
  socket.on('error', () => {})
  await once(socket, 'secureConnect')
  const what = bytes()
  const cut = below(what.length)
  socket.write(what.subarray(0, cut))
  if (random() < 0.5) await pause()
  socket.write(what.subarray(cut))
  const leaving = pick('end', 'reset', 'read', 'stall')
  if (leaving === 'end') socket.end()
  if (leaving === 'end' || leaving === 'read') socket.resume()
  await pause()
  socket.destroy()
}

/** What the server has open below its root, besides its own state. */
function open(): string[] {
  const links = fs.readdirSync('/proc/self/fd').map((fd) => `/proc/self/fd/${fd}`)
  const targets = links.flatMap((link) => (fs.existsSync(link) ? [fs.readlinkSync(link)] : []))
  return targets.filter((one) => one.startsWith(`${folder.root}/`) && !one.includes('.ftp-server'))
}

it('leave every name whole, nothing open, and the server as it was', async () => {
  for (let done = 0; done < CLIENTS; done += TOGETHER)
    await Promise.all(Array.from({ length: TOGETHER }, client))
  await until('everything is closed', () => open().length === 0)
  for (const name of ['p0', 'p1', 'p2', 'p3', 'p4'])
    if (folder.has(name))
      expect(sent.has(Buffer.from(folder.read(name)).toString()), `${name}, SEED=${SEED}`).toBe(true)
  const { body } = await request(folder.server, '/uploads', { as })
  expect(folder.partials()).toHaveLength(JSON.parse(body.toString()).uploads.length)
  expect((await request(folder.server, '/files/big', { as })).body).toHaveLength(8 << 20)
  expect((await request(folder.server, '/files/after', { method: 'PUT', body: 'x', as })).status).toBe(201)
  expect(folder.faults, `SEED=${SEED}`).toEqual([])
})
