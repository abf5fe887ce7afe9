import { randomBytes } from 'node:crypto'
import fs from 'node:fs'
import { BLOCK_SIZE } from '@ftp/md5'
import { LIMITS } from '@ftp/protocol'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { blockOf, content, dataOf, md5Of, sendBlocks } from '../support/chain.ts'
import { RawClient } from '../support/raw-client.ts'
import { ServedFolder } from '../support/served-folder.ts'

/** Storing in blocks: PROTOCOL.md, section 11, against a real server. Resuming is in protocol-resume.test.ts. */
let folder: ServedFolder

beforeAll(async () => {
  folder = await ServedFolder.start()
})
afterAll(() => folder[Symbol.asyncDispose]())

const uploadId = (): string => randomBytes(16).toString('hex')

describe('put in blocks', () => {
  it.each([0, 5, BLOCK_SIZE, BLOCK_SIZE + 1, 2 * BLOCK_SIZE, 3 * BLOCK_SIZE + 17])(
    'P-11.2, P-8.1, P-8.2: stores a file of %i bytes, and shows nothing before',
    async (size) => {
      await using client = await RawClient.login(folder.server)
      await using witness = await RawClient.login(folder.server)
      const file = content(size)
      folder.write('many/many.bin', 'old')
      const put = { type: 'put', path: 'many/many.bin', length: size, ifExists: 'replace' }
      const { id = 0, offset, window } = await client.ask(put, 'ready')
      expect({ offset, window }).toEqual({ offset: 0, window: LIMITS.windowMax })
      await sendBlocks(client, id, file, 0, Math.ceil(size / BLOCK_SIZE) - 1)
      const { entries } = await witness.ask({ type: 'list', path: 'many' }, 'entries')
      expect(entries).toMatchObject([{ name: 'many.bin', size: 3 }])
      await sendBlocks(client, id, file, Math.max(0, Math.ceil(size / BLOCK_SIZE) - 1))
      expect((await client.take('stored')).reply.entry).toMatchObject({ size, md5: md5Of(file) })
      expect(Buffer.compare(folder.read('many/many.bin'), file)).toBe(0)
      expect(folder.partials('many')).toEqual([])
    },
  )

  it('P-11.2: a source of unknown length may end with an empty frame', async () => {
    await using client = await RawClient.login(folder.server)
    const file = content(BLOCK_SIZE)
    const { id = 0 } = await client.ask(
      { type: 'put', path: 'pipe', length: null, ifExists: 'fail' },
      'ready',
    )
    const { md5 } = dataOf(content(BLOCK_SIZE + 1), 0)
    client.send({ id, type: 'data', offset: 0, md5 }, file)
    client.send({ id, type: 'data', offset: BLOCK_SIZE, md5: md5Of(file), last: true })
    expect((await client.take('ack')).reply.offset).toBe(BLOCK_SIZE)
    expect((await client.take('ack')).reply.offset).toBe(BLOCK_SIZE)
    expect((await client.take('stored')).reply.entry).toMatchObject({ size: BLOCK_SIZE })
  })

  it('P-11.3: as many bytes as the window are taken before the first acknowledgement', async () => {
    await using client = await RawClient.login(folder.server)
    const file = content(4 * BLOCK_SIZE)
    const put = { type: 'put', path: 'window.bin', length: file.length, ifExists: 'fail' }
    const { id = 0, window } = await client.ask(put, 'ready')
    let sent = 0
    for (let acknowledged = 0; acknowledged < file.length; ) {
      for (; sent < file.length && sent - acknowledged < window; sent += BLOCK_SIZE)
        client.send(
          { id, type: 'data', ...dataOf(file, sent / BLOCK_SIZE) },
          blockOf(file, sent / BLOCK_SIZE),
        )
      const { offset } = (await client.take('ack')).reply
      expect(offset).toBe(acknowledged + BLOCK_SIZE)
      acknowledged = offset
    }
    await client.take('stored')
  })

  it('P-11.4, P-8.3: a damaged block is asked for again, and it alone', async () => {
    await using client = await RawClient.login(folder.server)
    const file = content(3 * BLOCK_SIZE + 5)
    const put = { type: 'put', path: 'damaged.bin', length: file.length, ifExists: 'fail' }
    const { id = 0 } = await client.ask(put, 'ready')
    const damaged = blockOf(file, 1).slice()
    damaged[500_000] = (damaged[500_000] ?? 0) ^ 16
    const part = { id, type: 'data', ...dataOf(file, 1) }
    await sendBlocks(client, id, file, 0, 1)
    client.send(part, damaged)
    for (const index of [2, 3])
      client.send({ id, type: 'data', ...dataOf(file, index) }, blockOf(file, index))
    for (let attempt = 0; attempt < 4; attempt++) {
      expect((await client.takePastAcks('resend')).reply.offset).toBe(BLOCK_SIZE)
      client.send(part, damaged)
    }
    expect((await client.takePastAcks('resend')).reply.offset).toBe(BLOCK_SIZE)
    client.send(part, blockOf(file, 1))
    await client.takePastAcks('stored')
    expect(Buffer.compare(folder.read('damaged.bin'), file)).toBe(0)
  })

  it('P-11.4: a block that is damaged again and again ends the put with checksum', async () => {
    await using client = await RawClient.login(folder.server)
    const put = { type: 'put', path: 'hopeless.bin', length: 9, ifExists: 'fail' }
    const { id = 0 } = await client.ask(put, 'ready')
    const send = (): void => client.send({ id, type: 'data', ...dataOf(content(9), 0) }, content(9, 1))
    send()
    for (let attempt = 0; attempt < 5; attempt++) {
      expect((await client.takePastAcks('resend')).reply.offset).toBe(0)
      send()
    }
    expect((await client.takePastAcks('error')).reply).toMatchObject({ id, code: 'checksum' })
    expect(await client.ask({ type: 'ping' }, 'done')).toBeDefined()
    expect(folder.has('hopeless.bin')).toBe(false)
  })

  it.each([
    ['a gap', { offset: BLOCK_SIZE }, BLOCK_SIZE],
    ['an offset that is no border', { offset: 5 }, BLOCK_SIZE],
    ['a short block in the middle', {}, BLOCK_SIZE - 64],
    ['an empty block in the middle', {}, 0],
  ])('P-11.5: %s is a violation', async (_, change, size) => {
    await using client = await RawClient.login(folder.server)
    const file = content(3 * BLOCK_SIZE)
    const put = { type: 'put', path: 'order.bin', length: file.length, ifExists: 'fail' }
    const { id = 0 } = await client.ask(put, 'ready')
    client.send({ id, type: 'data', ...dataOf(file, 0), ...change }, file.subarray(0, size))
    const [end, ...more] = await client.rest()
    expect(end?.reply).toMatchObject({ type: 'error', code: 'protocol' })
    expect(more).toEqual([])
  })

  it('P-11.5: a chain where data is due is a violation', async () => {
    await using client = await RawClient.login(folder.server)
    const { id } = await client.ask({ type: 'put', path: 'order.bin', length: 5, ifExists: 'fail' }, 'ready')
    client.send({ id, type: 'chain', offset: 0, last: true })
    expect((await client.rest()).map(({ reply }) => reply)).toMatchObject([
      { type: 'error', code: 'protocol' },
    ])
  })

  it('P-11.5: more or fewer bytes than announced are refused', async () => {
    await using client = await RawClient.login(folder.server)
    for (const length of [4, 6, BLOCK_SIZE, BLOCK_SIZE + 4, BLOCK_SIZE + 6]) {
      const { id = 0 } = await client.ask(
        { type: 'put', path: 'size.bin', length, ifExists: 'fail' },
        'ready',
      )
      const file = content(length < BLOCK_SIZE ? 5 : length === BLOCK_SIZE ? 5 : BLOCK_SIZE + 5)
      const blocks = Math.ceil(file.length / BLOCK_SIZE)
      for (let i = 0; i < blocks; i++) client.send({ id, type: 'data', ...dataOf(file, i) }, blockOf(file, i))
      expect((await client.take(blocks === 2 ? 'ack' : 'error')).reply).toMatchObject({ id })
      if (blocks === 2) expect((await client.take('error')).reply).toMatchObject({ id, code: 'bad_request' })
      expect(await client.ask({ type: 'ping' }, 'done')).toBeDefined()
      expect(folder.has('size.bin')).toBe(false)
    }
  })

  it('P-11.7, P-6.11: a cancelled put keeps its partial if it can be resumed, and leaves nothing otherwise', async () => {
    await using client = await RawClient.login(folder.server)
    fs.mkdirSync(folder.at('cancelled'))
    const file = content(2 * BLOCK_SIZE)
    for (const upload of [undefined, uploadId()]) {
      const put = {
        type: 'put',
        path: 'cancelled/x',
        length: file.length,
        ifExists: 'fail',
        ...(upload && { upload }),
      }
      const { id = 0 } = await client.ask(put, 'ready')
      await sendBlocks(client, id, file, 0, 1)
      client.send({ id, type: 'cancel' })
      expect((await client.take('error')).reply).toMatchObject({ id, code: 'cancelled' })
      expect(folder.partials('cancelled')).toHaveLength(upload === undefined ? 0 : 1)
      expect(folder.has('cancelled/x')).toBe(false)
    }
  })

  it('P-11.6: no request can see, name or change a partial', async () => {
    await using client = await RawClient.login(folder.server)
    await using other = await RawClient.login(folder.server)
    fs.mkdirSync(folder.at('hidden'))
    await client.ask(
      { type: 'put', path: 'hidden/x', length: 5, upload: uploadId(), ifExists: 'fail' },
      'ready',
    )
    const [partial = ''] = folder.partials('hidden')
    const path = `hidden/${partial}`
    expect((await other.ask({ type: 'list', path: 'hidden' }, 'entries')).entries).toEqual([])
    for (const request of [
      { type: 'get', path },
      { type: 'stat', path },
      { type: 'digest', path },
      { type: 'remove', path },
      { type: 'list', path },
      { type: 'usage', path },
      { type: 'move', path, to: 'stolen', ifExists: 'fail' },
      { type: 'move', path: 'hidden', to: path, ifExists: 'fail' },
      { type: 'put', path, length: 0, ifExists: 'replace' },
      { type: 'mkdir', path },
      { type: 'setstat', path },
    ])
      expect(await other.ask(request, 'error'), JSON.stringify(request)).toMatchObject({ code: 'name' })
    expect(folder.partials('hidden')).toEqual([partial])
  })
})
