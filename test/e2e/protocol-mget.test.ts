import { BLOCK_SIZE } from '@ftp/md5'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { content, md5Of } from '../support/chain.ts'
import { RawClient } from '../support/raw-client.ts'
import { ServedFolder } from '../support/served-folder.ts'

/** Many small files in one request: PROTOCOL.md, section 9, against a real server. */
let folder: ServedFolder

beforeAll(async () => {
  folder = await ServedFolder.start()
})
afterAll(() => folder[Symbol.asyncDispose]())

it('P-9.12: tells of each path once, in their order, in as many frames as the bytes need', async () => {
  await using client = await RawClient.login(folder.server)
  const sizes = [5, 0, BLOCK_SIZE / 2, BLOCK_SIZE / 2, 1, BLOCK_SIZE]
  for (const [index, size] of sizes.entries()) folder.write(`${index}.bin`, content(size, index))
  client.request({ type: 'mget', paths: sizes.map((_, index) => `${index}.bin`) })
  let told = 0
  for (let isLast = false; !isLast; ) {
    const { reply, payload } = await client.take('files')
    let end = 0
    for (const file of reply.files) {
      const bytes = content(sizes[told] ?? 0, told)
      expect(file).toMatchObject({ name: `${told}.bin`, size: bytes.length, md5: md5Of(bytes) })
      expect(Buffer.compare(payload.subarray(end, end + bytes.length), bytes)).toBe(0)
      end += bytes.length
      told++
    }
    expect(payload.length).toBe(end)
    isLast = reply.last === true
  }
  expect(told).toBe(sizes.length)
})

it('P-9.13: what is too large, missing or refused keeps nothing else from coming', async () => {
  await using client = await RawClient.login(folder.server)
  folder.write('small', 'small')
  folder.write('large', content(BLOCK_SIZE + 1))
  client.request({ type: 'mget', paths: ['missing', 'large', '..', 'small'] })
  const { reply, payload } = await client.take('files')
  expect(reply.files).toMatchObject([
    { type: 'error', code: 'not_found' },
    { type: 'file', name: 'large', size: BLOCK_SIZE + 1 },
    { type: 'error', code: 'name' },
    { type: 'file', name: 'small', md5: md5Of(Buffer.from('small')) },
  ])
  expect(reply.files[1]).not.toHaveProperty('md5')
  expect(Buffer.from(payload).toString()).toBe('small')
  expect(reply.last).toBe(true)
})
