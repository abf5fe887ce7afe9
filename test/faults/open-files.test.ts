import { createHash } from 'node:crypto'
import fs from 'node:fs'
import path from 'node:path'
import { afterEach, beforeEach, expect, it } from 'vitest'
import { leaveDescriptors, openFilesOf, socketsOf } from '../support/open-files.ts'
import { RawClient } from '../support/raw-client.ts'
import { ServedFolder } from '../support/served-folder.ts'
import { ServerProcess } from '../support/server-process.ts'
import { TempDir } from '../support/temp-dir.ts'

/** Few files may be open: nobody is lost, nothing is half done, and afterwards all is as before. */
const HOST = '127.0.0.1'
const DIRECTORIES = 64
const CLIENTS = 8
const ROUNDS = 2

let folder: TempDir
let root: string
beforeEach(() => {
  folder = new TempDir()
  root = folder.folder('root')
})
afterEach(() => folder[Symbol.dispose]())

/** A server that may have so many files open. */
function serverWith(files: number, ...args: string[]): Promise<ServerProcess> {
  const under = ['sh', '-c', `ulimit -n ${files}; exec "$@"`, 'sh']
  return ServerProcess.start({ root, under, args: ['--metrics', '0', '--log-level', 'warn', ...args] })
}

/** What it says of its open connections. */
async function connectionsOf(server: ServerProcess): Promise<number> {
  const { port } = await server.program.event('metrics')
  const text = await (await fetch(`http://${HOST}:${port}/metrics`)).text()
  return Number(/^ftp_connections (\d+)$/m.exec(text)?.[1])
}

async function isServed(port: number): Promise<void> {
  await using client = await RawClient.login({ host: HOST, port })
  await client.ask({ type: 'ping' }, 'done')
}

/** A file in each directory, in one request. */
function mput(client: RawClient, name: string): void {
  const bytes = Buffer.from(name)
  const md5 = createHash('md5').update(bytes).digest('hex')
  const files = Array.from({ length: DIRECTORIES }, (_, at) => ({
    path: `d${at}/${name}`,
    length: bytes.length,
    md5,
  }))
  client.request({ type: 'mput', files, ifExists: 'replace' }, Buffer.concat(files.map(() => bytes)))
}

it('A connection that no thread can take is closed after a second, and its place is free', async () => {
  await using server = await serverWith(400, '--threads', '1')
  const { pid } = server.program
  await isServed(server.port)
  const before = new Set(socketsOf(pid))
  for (let lost = 0; lost < 3; ) {
    // One to accept the connection, none for the thread that is to serve it; until others close theirs.
    using _scarce = leaveDescriptors(pid, 1)
    await using client = await RawClient.connect({ host: HOST, port: server.port })
    client.hello()
    if ((await client.next()) === undefined) lost++
  }
  await server.program.says('too many files are open')
  await isServed(server.port)
  await expect.poll(() => connectionsOf(server)).toBe(0)
  const left = (): string[] => socketsOf(pid).filter((socket) => !before.has(socket))
  await expect.poll(left).toEqual([])
  expect(server.program.stderr.match(/too many files are open/g)?.length).toBeLessThanOrEqual(2)
})

it('Files for 64 directories are stored, however few may be open, and however many clients send them', async () => {
  await using server = await serverWith(256, '--threads', '2')
  const { pid } = server.program
  for (let at = 0; at < DIRECTORIES; at++) fs.mkdirSync(path.join(root, `d${at}`))
  await isServed(server.port)
  const before = openFilesOf(pid)
  const clients = await Promise.all(
    Array.from({ length: CLIENTS }, () => RawClient.login({ host: HOST, port: server.port })),
  )
  const outcomes = await Promise.all(
    clients.map(async (client, at) => {
      for (let round = 0; round < ROUNDS; round++) mput(client, `f${at}-${round}`)
      const replies = []
      for (let round = 0; round < ROUNDS; round++)
        replies.push((await client.take('outcomes')).reply.outcomes)
      return replies.flat()
    }),
  )
  expect(outcomes.flat().map(({ type }) => type)).toEqual(
    Array(CLIENTS * ROUNDS * DIRECTORIES).fill('stored'),
  )
  const paths = Array.from({ length: DIRECTORIES }, (_, at) => `d${at}/f0-0`)
  for (const client of clients) client.request({ type: 'mget', paths })
  for (const client of clients) {
    const { reply, payload } = await client.take('files')
    expect(reply).toMatchObject({ last: true })
    expect(Buffer.from(payload).toString()).toBe('f0-0'.repeat(DIRECTORIES))
  }
  await isServed(server.port)
  for (const client of clients) await client[Symbol.asyncDispose]()
  await expect.poll(() => connectionsOf(server)).toBe(0)
  await expect.poll(() => openFilesOf(pid)).toBeLessThanOrEqual(before + 2)
  for (let at = 0; at < DIRECTORIES; at++)
    expect(fs.readdirSync(path.join(root, `d${at}`)).filter((name) => name.startsWith('.'))).toEqual([])
  expect(server.program.stderr).not.toContain('too many files are open')
})

it.each([
  ['in plaintext', true],
  ['with TLS', false],
])(
  'A newcomer beyond the limit hears why it is refused, %s, and is served when another has gone',
  async (_, plaintext) => {
    await using served = await ServedFolder.start({ plaintext, limits: { connections: 1 } })
    const server = { host: HOST, port: served.server.port, secure: !plaintext }
    await using only = await RawClient.login(server)
    for (let i = 0; i < 40; i++) {
      await using client = await RawClient.connect(server)
      client.hello()
      expect((await client.rest()).map(({ reply }) => reply)).toEqual([
        expect.objectContaining({
          type: 'error',
          code: 'busy',
          message: 'too many connections; try again in a moment',
        }),
      ])
    }
    await only[Symbol.asyncDispose]()
    await expect
      .poll(async () => {
        await using client = await RawClient.connect(server)
        client.hello()
        return (await client.next())?.reply.type
      })
      .toBe('welcome')
  },
)

it('Newcomers beyond what may be open hear why they are refused, and are served when others have gone', async () => {
  await using server = await serverWith(256, '--threads', '1')
  const clients: RawClient[] = []
  let refused: string | undefined
  for (let i = 0; i < 100 && refused === undefined; i++) {
    const client = await RawClient.connect({ host: HOST, port: server.port })
    client.hello()
    const { reply } = (await client.next()) ?? {}
    if (reply?.type === 'error') refused = `${reply.code}: ${reply.message}`
    else clients.push(client)
  }
  expect(refused).toBe('busy: too many connections; try again in a moment')
  expect(clients.length).toBeGreaterThan(10)
  for (const client of clients) await client[Symbol.asyncDispose]()
  await expect.poll(() => connectionsOf(server)).toBe(0)
  await isServed(server.port)
  expect(server.program.stderr.match(/"msg":"connection refused: too many connections"/g)).toHaveLength(1)
})

it('A server that cannot start for want of a port leaves nothing open', async () => {
  await using other = await ServedFolder.start({ metrics: 0 })
  const { metricsPort } = other.server
  const fail = (): Promise<void> =>
    expect(ServedFolder.start({ metrics: metricsPort })).rejects.toMatchObject({ code: 'busy' })
  await fail()
  const before = openFilesOf(process.pid)
  for (let i = 0; i < 3; i++) await fail()
  await expect.poll(() => openFilesOf(process.pid)).toBeLessThanOrEqual(before)
})
