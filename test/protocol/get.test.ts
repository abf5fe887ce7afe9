import fs from 'node:fs'
import { BLOCK_SIZE, CHAIN_START } from '@ftp/md5'
import { LIMITS } from '@ftp/protocol'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { chainOf, content, dataOf, hex, md5Of } from '../support/chain.ts'
import { RawClient } from '../support/raw-client.ts'
import { ServedFolder } from '../support/served-folder.ts'

/** Fetching: PROTOCOL.md, sections 8 to 10, against a real server. */
let folder: ServedFolder
const LARGE = content(4 * BLOCK_SIZE + 1234)

beforeAll(async () => {
  folder = await ServedFolder.start()
  folder.write('large.bin', LARGE)
})
afterAll(() => folder[Symbol.asyncDispose]())

interface Fetched {
  bytes: Uint8Array
  md5: string | undefined
  version: string
  start: number
}

/** Gets a range, acknowledging all; checks that each block is what section 8 says. */
async function fetch(client: RawClient, file: Uint8Array, request: object): Promise<Fetched> {
  const id = client.request({ type: 'get', ...request })
  const { reply, payload } = await client.take('file')
  if (reply.last) return { bytes: payload, md5: reply.md5, version: reply.version, start: reply.offset }
  expect(payload).toHaveLength(0)
  const pieces: Uint8Array[] = []
  for (let at = reply.offset; ; ) {
    const data = await client.take('data')
    const index = at / BLOCK_SIZE
    expect(data.reply).toMatchObject({ id, offset: at, md5: dataOf(file, index).md5 })
    pieces.push(data.payload)
    at += data.payload.length
    client.send({ id, type: 'ack', offset: at })
    if (!data.reply.last) expect(data.payload).toHaveLength(BLOCK_SIZE)
    else
      return {
        bytes: Buffer.concat(pieces),
        md5: data.reply.md5,
        version: reply.version,
        start: reply.offset,
      }
  }
}

describe('get', () => {
  it.each([0, 1, 63, 64, 65, BLOCK_SIZE - 1, BLOCK_SIZE])(
    'P-9.1, P-8.2: a file of %i bytes comes in one frame',
    async (size) => {
      await using client = await RawClient.login(folder.server)
      const file = content(size)
      folder.write('one.bin', file)
      const id = client.request({ type: 'get', path: 'one.bin' })
      const { reply, payload } = await client.take('file')
      expect(reply).toMatchObject({ id, offset: 0, length: size, md5: md5Of(file), last: true })
      expect(reply).toMatchObject({ chain: hex(CHAIN_START), entry: { name: 'one.bin', type: 'file', size } })
      expect(Buffer.compare(payload, file)).toBe(0)
    },
  )

  it.each([BLOCK_SIZE + 1, 2 * BLOCK_SIZE, 3 * BLOCK_SIZE + 17])(
    'P-9.1, P-8.1, P-8.2, P-9.3: a file of %i bytes comes in blocks that prove themselves',
    async (size) => {
      await using client = await RawClient.login(folder.server)
      const file = content(size)
      folder.write('many.bin', file)
      const got = await fetch(client, file, { path: 'many.bin' })
      expect(Buffer.compare(got.bytes, file)).toBe(0)
      expect(got.md5).toBe(md5Of(file))
    },
  )

  it('P-9.1, P-8.2: a range carries chaining values, but at the end of the file the MD5', async () => {
    await using client = await RawClient.login(folder.server)
    const range = { path: 'large.bin', offset: BLOCK_SIZE, length: 2 * BLOCK_SIZE }
    const middle = await fetch(client, LARGE, range)
    expect(Buffer.compare(middle.bytes, LARGE.subarray(BLOCK_SIZE, 3 * BLOCK_SIZE))).toBe(0)
    expect(middle.md5).toBe(hex(chainOf(LARGE)[2] ?? CHAIN_START))
    const one = await fetch(client, LARGE, { ...range, length: BLOCK_SIZE })
    expect(one.md5).toBe(hex(chainOf(LARGE)[1] ?? CHAIN_START))
    const beyond = await fetch(client, LARGE, {
      path: 'large.bin',
      offset: 3 * BLOCK_SIZE,
      length: 64 * BLOCK_SIZE,
    })
    expect(beyond).toMatchObject({ md5: md5Of(LARGE), bytes: { length: BLOCK_SIZE + 1234 } })
  })

  it.each([
    ['one block', LIMITS.payload, 1],
    ['two blocks', 2 * LIMITS.payload, 2],
    ['nothing', 0, 1],
    ['less than a block', 1000, 1],
    ['no window', undefined, LIMITS.window / LIMITS.payload],
    ['the most that there is, which grows', LIMITS.windowMax, LIMITS.window / LIMITS.payload],
  ])('P-9.2: with a window of %s no more is sent before it is acknowledged', async (_, window, blocks) => {
    await using alone = await ServedFolder.start()
    alone.write('large.bin', LARGE)
    await using client = await RawClient.login(alone.server)
    await using witness = await RawClient.login(alone.server)
    const id = client.request({ type: 'get', path: 'large.bin', ...(window !== undefined && { window }) })
    await client.take('file')
    for (let i = 0; i < blocks; i++) await client.take('data')
    // The same thread serves the witness meanwhile: it had every chance to send more.
    for (let i = 0; i < 5; i++) await fetch(witness, LARGE, { path: 'large.bin' })
    client.send({ id, type: 'cancel' })
    expect((await client.take('error')).reply).toMatchObject({ id, code: 'cancelled' })
  })

  it('P-9.2: the window grows by what is acknowledged', async () => {
    await using client = await RawClient.login(folder.server)
    const id = client.request({ type: 'get', path: 'large.bin', window: LIMITS.windowMax })
    await client.take('file')
    for (let i = 0; i < 2; i++) await client.take('data')
    client.send({ id, type: 'ack', offset: 2 * BLOCK_SIZE })
    // The rest, although it is more than two blocks.
    for (let i = 2; i < 5; i++) await client.take('data')
  })

  // Longer than what the server reads ahead.
  const LONG = content(12 * BLOCK_SIZE)

  it('P-9.4: a file that changes meanwhile ends the get with changed', async () => {
    await using client = await RawClient.login(folder.server)
    for (const range of [{}, { length: 10 * BLOCK_SIZE }]) {
      folder.write('changing.bin', LONG)
      // An old time, so that the change shows even where the clock of the file system is coarse.
      fs.utimesSync(folder.at('changing.bin'), 1_000_000_000, 1_000_000_000)
      const id = client.request({ type: 'get', path: 'changing.bin', window: BLOCK_SIZE, ...range })
      await client.take('file')
      await client.take('data')
      fs.writeFileSync(folder.at('changing.bin'), content(LONG.length, 1), { flag: 'r+' })
      client.send({ id, type: 'ack', offset: LONG.length })
      let end = await client.next()
      while (end?.reply.type === 'data' && !end.reply.last) end = await client.next()
      expect(end?.reply, JSON.stringify(range)).toMatchObject({ id, type: 'error', code: 'changed' })
    }
  })

  it('P-9.4: a file that is cut off meanwhile ends the get with changed', async () => {
    await using client = await RawClient.login(folder.server)
    folder.write('shrinking.bin', LONG)
    const id = client.request({ type: 'get', path: 'shrinking.bin', window: BLOCK_SIZE })
    await client.take('file')
    await client.take('data')
    fs.truncateSync(folder.at('shrinking.bin'), BLOCK_SIZE + 5)
    client.send({ id, type: 'ack', offset: LONG.length })
    let end = await client.next()
    while (end?.reply.type === 'data') end = await client.next()
    expect(end?.reply).toMatchObject({ id, type: 'error', code: 'changed' })
  })

  it('P-9.5: a range that is not of blocks, or beyond the file, is refused; another version before that', async () => {
    await using client = await RawClient.login(folder.server)
    for (const range of [
      { offset: 1 },
      { offset: BLOCK_SIZE / 2 },
      { offset: 5 * BLOCK_SIZE },
      { length: 1 },
      { length: BLOCK_SIZE + 1 },
      { length: 0 },
    ]) {
      const get = { type: 'get', path: 'large.bin', ...range }
      expect(await client.ask(get, 'error'), JSON.stringify(range)).toMatchObject({ code: 'bad_request' })
      expect(await client.ask({ ...get, version: 'another' }, 'error')).toMatchObject({ code: 'changed' })
    }
  })

  it('P-9.6, P-6.11: a block can be asked for again under the same version', async () => {
    await using client = await RawClient.login(folder.server)
    const first = client.request({ type: 'get', path: 'large.bin', window: BLOCK_SIZE })
    const { version } = (await client.take('file')).reply
    await client.take('data')
    client.send({ id: first, type: 'cancel' })
    await client.take('error')
    const again = await fetch(client, LARGE, { path: 'large.bin', offset: 0, version })
    expect(again.md5).toBe(md5Of(LARGE))
  })
})

describe('resuming a get', () => {
  it('P-9.7, P-9.8, P-8.3: a partial is checked by the chain, and the rest joins it', async () => {
    await using client = await RawClient.login(folder.server)
    client.request({ type: 'digest', path: 'large.bin', chain: true, length: 3 * BLOCK_SIZE })
    const values = (await client.take('chain')).payload
    const { version } = (await client.take('digest')).reply
    const partial = LARGE.slice(0, 3 * BLOCK_SIZE)
    partial[2 * BLOCK_SIZE + 77] = 0
    const mine = chainOf(partial).map(hex)
    const proven = mine.findIndex((value, i) => value !== hex(values.subarray(16 * i, 16 * i + 16)))
    expect(proven).toBe(2)
    const rest = await fetch(client, LARGE, { path: 'large.bin', offset: proven * BLOCK_SIZE, version })
    expect(rest.start).toBe(2 * BLOCK_SIZE)
    expect(md5Of(Buffer.concat([partial.subarray(0, rest.start), rest.bytes]))).toBe(rest.md5)
  })

  it('P-9.7: a partial of a version that is gone is not continued', async () => {
    await using client = await RawClient.login(folder.server)
    folder.write('new.bin', content(2 * BLOCK_SIZE + 5))
    // An old time, so that the change shows even where the clock of the file system is coarse.
    fs.utimesSync(folder.at('new.bin'), 1_000_000_000, 1_000_000_000)
    const { version } = await client.ask({ type: 'digest', path: 'new.bin' }, 'digest')
    folder.write('new.bin', content(2 * BLOCK_SIZE + 5, 9))
    const get = { type: 'get', path: 'new.bin', offset: BLOCK_SIZE, version }
    expect(await client.ask(get, 'error')).toMatchObject({ code: 'changed' })
  })

  it('P-9.8: the reply tells the chaining value at its offset, at the end of the file too', async () => {
    await using client = await RawClient.login(folder.server)
    const file = content(2 * BLOCK_SIZE)
    folder.write('even.bin', file)
    for (const blocks of [1, 2]) {
      client.request({ type: 'get', path: 'even.bin', offset: blocks * BLOCK_SIZE })
      const { reply, payload } = await client.take('file')
      expect(reply).toMatchObject({
        chain: hex(chainOf(file)[blocks - 1] ?? CHAIN_START),
        md5: md5Of(file),
        last: true,
      })
      expect(payload).toHaveLength((2 - blocks) * BLOCK_SIZE)
    }
  })
})

describe('digest', () => {
  it('P-10.1, P-8.4: the chain has one value for each whole block', async () => {
    await using client = await RawClient.login(folder.server)
    for (const size of [0, 5, BLOCK_SIZE, 2 * BLOCK_SIZE + 5]) {
      const file = content(size)
      folder.write('digest.bin', file)
      const id = client.request({ type: 'digest', path: 'digest.bin', chain: true })
      const values: Uint8Array[] = []
      let received = await client.next()
      for (; received?.reply.type === 'chain'; received = await client.next()) {
        expect(received.reply.offset).toBe(Buffer.concat(values).length * (BLOCK_SIZE / 16))
        values.push(received.payload)
      }
      expect(received?.reply).toMatchObject({ id, type: 'digest', length: size, md5: md5Of(file) })
      expect(hex(Buffer.concat(values))).toBe(hex(Buffer.concat(chainOf(file))))
    }
  })

  it('P-10.1: without chain it is one reply, and of a part there is no MD5', async () => {
    await using client = await RawClient.login(folder.server)
    const whole = await client.ask({ type: 'digest', path: 'large.bin' }, 'digest')
    expect(whole).toMatchObject({ length: LARGE.length, md5: md5Of(LARGE) })
    const part = await client.ask({ type: 'digest', path: 'large.bin', length: BLOCK_SIZE }, 'digest')
    expect(part).toMatchObject({ length: BLOCK_SIZE, version: whole.version })
    expect(part.md5).toBeUndefined()
    const { version } = await client.ask({ type: 'stat', path: 'large.bin' }, 'entry')
    expect(version).toBe(whole.version)
  })
})
