import fs from 'node:fs'
import { encodeFrame, LIMITS } from '@ftp/protocol'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { addAccount, PASSWORD } from '../support/accounts.ts'
import { chainOf, content, hex, md5Of, sendBlocks, wholePut } from '../support/chain.ts'
import { RawClient } from '../support/raw-client.ts'
import { ServerProcess } from '../support/server-process.ts'
import { TempDir } from '../support/temp-dir.ts'

/*
 * Clients that send or read slowly, or not at all, are served with memory that nobody else waits for.
 * SLOW_PEERS=1000 makes it so many of them, in every way.
 */

/** More than there are blocks. */
const SLOW = Number(process.env['SLOW_PEERS'] ?? 150)
const THOROUGH = process.env['SLOW_PEERS'] !== undefined
/** What the short version tries. */
const FEW = ['send half of a small file', 'ask for many small files', 'follow an idle file, with puts behind']
/** The server's memory in the worst case, with blocks for everybody. MiB. */
const MEMORY = 400
const ROUNDS = 101
const B = LIMITS.payload
/**
 * What clients ask for that will read on. Beside a thousand that keep two blocks each in their sockets, Linux takes
 * minutes for a file, because TCP as a whole has no more memory.
 */
const WINDOW = THOROUGH ? B : LIMITS.windowMax
const WHOLE = content(3 * B + 5)
const SMALL = content(60_000)
const ZEROS = new Uint8Array(B)
const MD5S = [hex(chainOf(WHOLE)[0] ?? ZEROS)]
const NO_MD5 = '0'.repeat(32)

let folder: TempDir
let root: string
let server: ServerProcess
let slow: AsyncDisposableStack
beforeEach(async () => {
  folder = new TempDir()
  root = folder.folder('root')
  fs.writeFileSync(`${root}/byte`, 'x')
  fs.writeFileSync(`${root}/whole`, WHOLE)
  fs.writeFileSync(`${root}/large`, '')
  fs.truncateSync(`${root}/large`, 24 * B)
  for (let i = 0; i < 16; i++) fs.writeFileSync(`${root}/small-${i}`, SMALL)
  server = await ServerProcess.start({ root, threads: 2, args: ['--max-connections', '2000'] })
  await addAccount(root, 'slow', { rate: 8_192 })
  await addAccount(root, 'other')
  slow = new AsyncDisposableStack()
})
afterEach(async () => {
  await slow.disposeAsync()
  await server[Symbol.asyncDispose]()
  folder[Symbol.dispose]()
})

/** What each of them does, once it is logged in. Nothing that it is sent is read. */
const SILENT: Readonly<Record<string, (client: RawClient, index: number) => void>> = {
  'announce a put and send nothing': (client, index) => {
    client.request({ type: 'put', path: `up-${index}`, length: 3 * B, ifExists: 'replace' })
  },
  'send half of a small file': (client, index) => {
    const put = wholePut(`up-${index}`, ZEROS)
    client.write(encodeFrame({ id: 9, ...put }, ZEROS).subarray(0, B / 2))
  },
  'send half of what they put together': (client, index) => {
    const files = [{ path: `up-${index}`, length: B, md5: NO_MD5 }]
    client.write(encodeFrame({ id: 9, type: 'mput', ifExists: 'fail', files }, ZEROS).subarray(0, B / 2))
  },
  'ask for a large file': (client) => {
    client.request({ type: 'get', path: 'large' })
  },
  'ask for a file of less than a block': (client) => {
    for (let i = 0; i < 20; i++) client.request({ type: 'get', path: 'large', length: B })
  },
  'ask for many small files': (client) => {
    const paths = Array.from({ length: 64 }, (_, i) => `small-${i % 16}`)
    for (let i = 0; i < 5; i++) client.request({ type: 'mget', paths })
  },
  'ask for a chain': (client) => {
    for (let i = 0; i < 200; i++) client.request({ type: 'digest', path: 'large', chain: true })
  },
  'follow a large file': (client) => {
    client.request({ type: 'follow', path: 'large' })
  },
  'follow an idle file, with puts behind': (client) => {
    client.request({ type: 'follow', path: 'byte' })
    for (let i = 0; i < 8; i++) client.request(wholePut('never', ZEROS), ZEROS)
  },
  'follow an idle file, with long requests behind': (client) => {
    client.request({ type: 'follow', path: 'byte' })
    const paths = Array.from({ length: 64 }, (_, i) => `${'p'.repeat(240)}${i}`)
    for (let i = 0; i < 250; i++) client.request({ type: 'mget', paths })
  },
  'ask for listings': (client, index) => {
    if (index === 0) makeNames()
    for (let i = 0; i < 50; i++) client.request({ type: 'list', path: 'names' })
  },
}

describe(`beside ${SLOW} clients that read nothing and`, () => {
  it.each(Object.entries(SILENT).filter(([what]) => THOROUGH || FEW.includes(what)))(
    '%s, others are served',
    async (_, act) => {
      const clients = await anonymous(SLOW)
      for (const [index, client] of clients.entries()) {
        client.socket.pause()
        act(client, index)
      }
      await expectOthersServed()
      expect(residentMiB()).toBeLessThan(MEMORY)
    },
  )

  it('send half of a block, others are served, and each block is taken when the rest comes', async () => {
    const clients = await anonymous(SLOW)
    const halves = await Promise.all(
      clients.map(async (client, index) => {
        const put = { type: 'put', path: `up-${index}`, length: WHOLE.length, ifExists: 'replace' }
        const id = client.request(put)
        await client.take('ready')
        const frame = encodeFrame({ id, type: 'data', offset: 0, md5: MD5S[0] }, WHOLE.subarray(0, B))
        client.write(frame.subarray(0, B / 2))
        return { client, id, rest: frame.subarray(B / 2) }
      }),
    )
    await expectOthersServed()
    for (const { client, id, rest } of halves.slice(0, 5)) {
      client.write(rest)
      await client.takePastAcks('ack')
      await sendBlocks(client, id, WHOLE, 1)
      await client.takePastAcks('stored')
    }
    expect(fs.readFileSync(`${root}/up-0`).equals(WHOLE)).toBe(true)
    expect(residentMiB()).toBeLessThan(MEMORY)
  })

  it('began to read a file, others are served, and each reads on when it likes', async () => {
    const clients = await anonymous(SLOW)
    for (const client of clients) {
      client.request({ type: 'get', path: 'large', window: WINDOW })
      client.socket.pause()
    }
    await expectOthersServed()
    for (const client of clients.slice(0, 5)) {
      client.socket.resume()
      expect((await read(client)).equals(new Uint8Array(24 * B))).toBe(true)
    }
  })
})

describe('beside an account that may move 8 KB a second', () => {
  it('and fetches 60 files, others are served', async () => {
    for (const client of await loggedIn(60, 'slow')) client.request({ type: 'get', path: 'large' })
    await expectOthersServed()
  })

  it('and stores 60 files, others are served', async () => {
    for (const [index, client] of (await loggedIn(60, 'slow')).entries()) {
      const id = client.request({ type: 'put', path: `up-${index}`, length: 3 * B, ifExists: 'replace' })
      await client.take('ready')
      client.send({ id, type: 'data', offset: 0, md5: NO_MD5 }, ZEROS)
    }
    await expectOthersServed()
  })
})

/** Makes a listing of many pages. */
function makeNames(): void {
  fs.mkdirSync(`${root}/names`)
  for (let i = 0; i < 2_000; i++) fs.writeFileSync(`${root}/names/${'n'.repeat(200)}-${i}`, '')
}

/** A byte at once, a large file and an upload in their turn. */
async function expectOthersServed(): Promise<void> {
  await using other = await RawClient.loginAs(address(), 'other', PASSWORD)
  const waits: number[] = []
  for (let round = 0; round < ROUNDS; round++) {
    const began = performance.now()
    expect(await fetchFile(other, 'byte')).toHaveLength(1)
    waits.push(performance.now() - began)
  }
  waits.sort((one, next) => one - next)
  const [median = NaN, late = NaN] = [0.5, 0.99].map((part) => waits[Math.floor(ROUNDS * part)])
  const began = performance.now()
  expect(md5Of(await fetchFile(other, 'whole'))).toBe(md5Of(WHOLE))
  const fetched = performance.now() - began
  const id = other.request({ type: 'put', path: 'stored', length: WHOLE.length, ifExists: 'replace' })
  await other.take('ready')
  await sendBlocks(other, id, WHOLE)
  await other.takePastAcks('stored')
  const all = performance.now() - began
  await other.ask(wholePut('small', SMALL), 'stored', SMALL)
  console.log(
    `a byte after ${ms(median)}, p99 ${ms(late)}; 3 MiB after ${ms(fetched)}, stored after ${ms(all - fetched)}; ${Math.round(residentMiB())} MiB`,
  )
  // A machine with more to do than this test makes a few of them late.
  expect(median).toBeLessThan(50)
  expect(all).toBeLessThan(10_000)
}

async function fetchFile(client: RawClient, path: string): Promise<Buffer> {
  const id = client.request({ type: 'get', path })
  return await read(client, id)
}

/** Takes a file that has been asked for, acknowledging what comes. */
async function read(client: RawClient, asked?: number): Promise<Buffer> {
  const { reply, payload } = await client.take('file')
  if (reply.last === true) return Buffer.from(payload)
  const pieces: Uint8Array[] = []
  for (;;) {
    const { reply: data, payload: bytes } = await client.take('data')
    pieces.push(bytes)
    client.send({ id: asked ?? data.id, type: 'ack', offset: data.offset + bytes.length })
    if (data.last === true) return Buffer.concat(pieces)
  }
}

function address(): { host: string; port: number } {
  return { host: '127.0.0.1', port: server.port }
}

function anonymous(count: number): Promise<RawClient[]> {
  return several(count, () => RawClient.login(address()))
}

function loggedIn(count: number, account: string): Promise<RawClient[]> {
  return several(count, () => RawClient.loginAs(address(), account, PASSWORD))
}

/** Few at a time: of too many that are logging in the oldest would be closed. */
async function several(count: number, login: () => Promise<RawClient>): Promise<RawClient[]> {
  const clients: RawClient[] = []
  while (clients.length < count)
    clients.push(...(await Promise.all(Array.from({ length: Math.min(20, count - clients.length) }, login))))
  for (const client of clients) slow.use(client)
  return clients
}

function residentMiB(): number {
  const status = fs.readFileSync(`/proc/${server.program.pid}/status`, 'utf8')
  return Number(/VmRSS:\s+(\d+)/.exec(status)?.[1]) / 1_024
}

function ms(time: number): string {
  return `${time.toFixed(1)} ms`
}
