import { randomBytes } from 'node:crypto'
import fs from 'node:fs'
import { BLOCK_SIZE } from '@ftp/md5'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { chainOf, content, dataOf, hex, md5Of, sendBlocks } from '../support/chain.ts'
import { RawClient } from '../support/raw-client.ts'
import { ServedFolder } from '../support/served-folder.ts'

/** Continuing a put, and what an existing file does to one: PROTOCOL.md, P-11.7 to P-11.13, against a real server. */
let folder: ServedFolder
const FILE = content(4 * BLOCK_SIZE + 99)

beforeAll(async () => {
  folder = await ServedFolder.start({ threads: 2 })
})
afterAll(() => folder[Symbol.asyncDispose]())

interface Put {
  type: string
  path: string
  length: number | null
  upload: string
  ifExists: string
  [more: string]: unknown
}
const putOf = (path: string, file: Uint8Array = FILE): Put => ({
  type: 'put',
  path,
  length: file.length,
  upload: randomBytes(16).toString('hex'),
  source: 'version 1',
  ifExists: 'replace',
})

/** Sends the first blocks of a file and loses the connection. */
async function interrupt(put: Put, file: Uint8Array, blocks: number): Promise<void> {
  await using client = await RawClient.login(folder.server)
  const { id = 0 } = await client.ask(put, 'ready')
  await sendBlocks(client, id, file, 0, blocks)
}

/** Sends the chain of a file as far as the server has it. @returns where the server wants to continue */
async function prove(
  client: RawClient,
  put: Put,
  file: Uint8Array,
  perFrame = 64,
): Promise<{ id: number; held: number; offset: number }> {
  const { id = 0, offset: held } = await client.ask(put, 'ready')
  const values = chainOf(file).slice(0, held / BLOCK_SIZE)
  for (let from = 0; from < values.length; from += perFrame)
    client.send(
      { id, type: 'chain', offset: from * BLOCK_SIZE },
      Buffer.concat(values.slice(from, from + perFrame)),
    )
  client.send({ id, type: 'chain', offset: values.length * BLOCK_SIZE, last: true })
  return { id, held, offset: (await client.take('ready')).reply.offset }
}

async function finish(
  client: RawClient,
  id: number,
  file: Uint8Array,
  offset: number,
  path: string,
): Promise<void> {
  await sendBlocks(client, id, file, offset / BLOCK_SIZE)
  expect((await client.take('stored')).reply.entry).toMatchObject({ size: file.length, md5: md5Of(file) })
  expect(Buffer.compare(folder.read(path), file)).toBe(0)
  expect(folder.partials()).toEqual([])
}

describe('resuming a put', () => {
  it.each([1, 64])('P-11.11, P-11.12: what holds stays, with %i values in a frame', async (perFrame) => {
    const put = putOf('resumed.bin')
    await interrupt(put, FILE, 3)
    await using client = await RawClient.login(folder.server)
    const { id, held, offset } = await prove(client, put, FILE, perFrame)
    expect({ held, offset }).toEqual({ held: 3 * BLOCK_SIZE, offset: 3 * BLOCK_SIZE })
    await finish(client, id, FILE, offset, 'resumed.bin')
  })

  it('P-11.11: the chain may end in a frame with values', async () => {
    const put = putOf('short-chain.bin')
    await interrupt(put, FILE, 2)
    await using client = await RawClient.login(folder.server)
    const { id = 0 } = await client.ask(put, 'ready')
    client.send({ id, type: 'chain', offset: 0, last: true }, Buffer.concat(chainOf(FILE).slice(0, 2)))
    const { offset } = (await client.take('ready')).reply
    expect(offset).toBe(2 * BLOCK_SIZE)
    await finish(client, id, FILE, offset, 'short-chain.bin')
  })

  it('P-11.12: a flipped byte in the partial is found, and only what follows is sent again', async () => {
    const put = putOf('flipped.bin')
    await interrupt(put, FILE, 3)
    const [partial = ''] = folder.partials()
    const handle = fs.openSync(folder.at(partial), 'r+')
    fs.writeSync(handle, Uint8Array.of(FILE[BLOCK_SIZE + 7] === 0 ? 1 : 0), 0, 1, BLOCK_SIZE + 7)
    fs.closeSync(handle)
    await using client = await RawClient.login(folder.server)
    const { id, held, offset } = await prove(client, put, FILE, 1)
    expect({ held, offset }).toEqual({ held: 3 * BLOCK_SIZE, offset: BLOCK_SIZE })
    await finish(client, id, FILE, offset, 'flipped.bin')
  })

  it('P-11.12: a partial of another version is not built upon', async () => {
    const put = putOf('versions.bin')
    await interrupt(put, FILE, 3)
    await using client = await RawClient.login(folder.server)
    const other = content(FILE.length, 5)
    const { id, offset } = await prove(client, { ...put, source: 'version 2' }, other)
    expect(offset).toBe(0)
    await finish(client, id, other, offset, 'versions.bin')
  })

  it('P-11.11, P-11.12: a source that has become shorter proves as far as it goes', async () => {
    const put = putOf('shorter.bin')
    await interrupt(put, FILE, 3)
    await using client = await RawClient.login(folder.server)
    const short = FILE.slice(0, BLOCK_SIZE + 5)
    const { id, offset } = await prove(client, { ...put, length: short.length }, short)
    expect(offset).toBe(BLOCK_SIZE)
    await finish(client, id, short, offset, 'shorter.bin')
  })

  it('P-11.12: a source that is now so short that it is sent in one frame leaves nothing of the old partial', async () => {
    const put = putOf('shortest.bin')
    await interrupt(put, FILE, 2)
    await using client = await RawClient.login(folder.server)
    const short = content(5)
    await client.ask({ ...put, length: short.length, md5: md5Of(short) }, 'stored', short)
    expect(hex(folder.read('shortest.bin').subarray(0, 100))).toBe(hex(short))
  })

  it('P-11.12: a file of which everything is there needs an empty frame only', async () => {
    const file = content(2 * BLOCK_SIZE)
    const put = putOf('complete.bin', file)
    await interrupt({ ...put, length: null }, content(3 * BLOCK_SIZE), 2)
    await using client = await RawClient.login(folder.server)
    const { id, offset } = await prove(client, put, file)
    expect(offset).toBe(file.length)
    client.send({ id, type: 'data', offset, md5: md5Of(file), last: true })
    await client.take('ack')
    await client.take('stored')
    expect(Buffer.compare(folder.read('complete.bin'), file)).toBe(0)
  })

  it('P-6.10, P-11.11: progress is told while the chain is checked', async () => {
    const put = putOf('progress.bin')
    await interrupt(put, FILE, 2)
    await using client = await RawClient.login(folder.server)
    const { id = 0 } = await client.ask(put, 'ready')
    const [first = new Uint8Array(16)] = chainOf(FILE)
    client.send({ id, type: 'chain', offset: 0 }, first)
    expect((await client.take('progress')).reply).toMatchObject({ done: BLOCK_SIZE, total: 2 * BLOCK_SIZE })
    client.send({ id, type: 'cancel' })
    await client.take('error')
  })

  it.each([
    ['data where the chain is due', { type: 'data', ...dataOf(FILE, 0) }],
    ['a chain that begins in the middle', { type: 'chain', offset: BLOCK_SIZE }],
  ])('P-11.11, P-6.14: %s is a violation', async (_, part) => {
    const put = putOf('unproven.bin')
    await interrupt(put, FILE, 2)
    await using client = await RawClient.login(folder.server)
    const { id = 0 } = await client.ask(put, 'ready')
    client.send({ id, ...part }, part.type === 'data' ? FILE.subarray(0, BLOCK_SIZE) : new Uint8Array(16))
    expect((await client.rest()).map(({ reply }) => reply)).toMatchObject([
      { type: 'error', code: 'protocol' },
    ])
  })

  it.each([
    [4_096, 'ready'],
    [4_097, 'error'],
  ])('P-5.1, P-11.11: a frame of %i values is answered with %s', async (values, answer) => {
    const put = putOf('many-values.bin')
    await interrupt(put, FILE, 2)
    await using client = await RawClient.login(folder.server)
    const { id = 0 } = await client.ask(put, 'ready')
    client.send({ id, type: 'chain', offset: 0, last: true }, new Uint8Array(16 * values))
    expect((await client.next())?.reply).toMatchObject({
      type: answer,
      ...(answer === 'error' && { code: 'protocol' }),
    })
  })

  it('P-11.7: a partial belongs to its path and upload', async () => {
    const put = putOf('mine.bin')
    await interrupt(put, FILE, 2)
    await using client = await RawClient.login(folder.server)
    for (const other of [
      { ...put, path: 'other.bin' },
      { ...put, upload: '0'.repeat(32) },
    ]) {
      const { id, offset } = await client.ask(other, 'ready')
      expect(offset).toBe(0)
      client.send({ id, type: 'cancel' })
      await client.take('error')
    }
    const { offset } = await prove(client, put, FILE)
    expect(offset).toBe(2 * BLOCK_SIZE)
  })

  it('P-11.13: a newer connection takes over, and the older one is told', async () => {
    const put = putOf('taken.bin')
    await using old = await RawClient.login(folder.server)
    const { id: oldId = 0 } = await old.ask(put, 'ready')
    await sendBlocks(old, oldId, FILE, 0, 2)
    await using client = await RawClient.login(folder.server)
    const { id, offset } = await prove(client, put, FILE)
    expect(offset).toBe(2 * BLOCK_SIZE)
    expect((await old.take('error')).reply).toMatchObject({ id: oldId, code: 'taken_over' })
    old.send({ id: oldId, type: 'data', ...dataOf(FILE, 2) }, content(BLOCK_SIZE, 3))
    expect(await old.ask({ type: 'ping' }, 'done')).toBeDefined()
    await sendBlocks(client, id, FILE, offset / BLOCK_SIZE)
    await client.take('stored')
    expect(Buffer.compare(folder.read('taken.bin'), FILE)).toBe(0)
  })

  it('P-11.8: a put that was stored is answered at once when it is repeated, whatever the policy', async () => {
    await using client = await RawClient.login(folder.server)
    for (const ifExists of ['replace', 'fail', 'skip', 'newer', 'different']) {
      const put = { ...putOf(`stored-${ifExists}.bin`), ifExists }
      const { id = 0 } = await client.ask(put, 'ready')
      await sendBlocks(client, id, FILE)
      const { entry } = (await client.take('stored')).reply
      expect(await client.ask(put, 'stored')).toMatchObject({ entry })
      const changed = await client.ask({ ...put, source: 'version 2', ifExists: 'fail' }, 'error')
      expect(changed).toMatchObject({ code: 'exists' })
    }
  })

  it('P-11.8: a put is not taken for done when the file has been changed since', async () => {
    await using client = await RawClient.login(folder.server)
    const put = { ...putOf('changed.bin'), ifExists: 'fail' }
    const { id = 0 } = await client.ask(put, 'ready')
    await sendBlocks(client, id, FILE)
    await client.take('stored')
    folder.write('changed.bin', 'something else')
    expect(await client.ask(put, 'error')).toMatchObject({ code: 'exists' })
  })
})
