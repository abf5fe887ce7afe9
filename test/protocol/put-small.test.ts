import { randomBytes } from 'node:crypto'
import fs from 'node:fs'
import { BLOCK_SIZE } from '@ftp/md5'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { content, md5Of, wholePut } from '../support/chain.ts'
import { RawClient } from '../support/raw-client.ts'
import { ServedFolder } from '../support/served-folder.ts'

/** Storing in one frame: PROTOCOL.md, P-11.1, against a real server. Resuming is in protocol-resume.test.ts. */
let folder: ServedFolder

beforeAll(async () => {
  folder = await ServedFolder.start()
})
afterAll(() => folder[Symbol.asyncDispose]())

const uploadId = (): string => randomBytes(16).toString('hex')
describe('put in one frame', () => {
  it.each([0, 1, 63, 64, 65, BLOCK_SIZE - 1, BLOCK_SIZE])(
    'P-11.1: stores a file of %i bytes',
    async (size) => {
      await using client = await RawClient.login(folder.server)
      const file = content(size)
      const { entry } = await client.ask(wholePut('one.bin', file), 'stored', file)
      expect(entry).toMatchObject({ name: 'one.bin', type: 'file', size, md5: md5Of(file) })
      expect(Buffer.compare(folder.read('one.bin'), file)).toBe(0)
    },
  )

  it('P-11.1, P-11.7: a wrong MD5 stores nothing and leaves nothing', async () => {
    await using client = await RawClient.login(folder.server)
    const put = wholePut('wrong.bin', content(5), { upload: uploadId() })
    expect(await client.ask(put, 'error', content(5, 1))).toMatchObject({ code: 'checksum' })
    expect(folder.has('wrong.bin')).toBe(false)
    expect(folder.partials()).toEqual([])
  })

  it('P-11.1: a payload of another length than announced is refused', async () => {
    await using client = await RawClient.login(folder.server)
    for (const length of [4, 6, 0, null]) {
      const put = wholePut('length.bin', content(5), { length })
      expect(await client.ask(put, 'error', content(5)), String(length)).toMatchObject({
        code: 'bad_request',
      })
      expect(folder.has('length.bin')).toBe(false)
    }
  })

  it('P-11.1: a payload without its MD5 is refused', async () => {
    await using client = await RawClient.login(folder.server)
    const put = { type: 'put', path: 'bare.bin', length: 5, ifExists: 'replace' }
    expect(await client.ask(put, 'error', content(5))).toMatchObject({ code: 'bad_request' })
  })

  it('P-7.1: the file gets its time and its permission bits, and only those', async () => {
    await using client = await RawClient.login(folder.server)
    const file = content(5)
    for (const [mtime, mode] of [
      [1_767_225_600_123_456, 0o640],
      [0, 0o777],
      [-1_000_001, 0o600],
    ]) {
      const { entry } = await client.ask(wholePut('dated.bin', file, { mtime, mode }), 'stored', file)
      expect(entry).toMatchObject({ mtime, mode })
      expect(fs.statSync(folder.at('dated.bin')).mode & 0o7777).toBe(mode)
    }
    const setuid = wholePut('dated.bin', file, { mode: 0o4755 })
    expect(await client.ask(setuid, 'error', file)).toMatchObject({ code: 'bad_request' })
  })
})
