import fs from 'node:fs'
import { LIMITS } from '@ftp/protocol'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { content, dataOf } from '../support/chain.ts'
import { expectEnd } from '../support/expectations.ts'
import { RawClient } from '../support/raw-client.ts'
import { ServedFolder } from '../support/served-folder.ts'

/** Long work and shutdown: PROTOCOL.md, P-6.10 and P-6.15, against a real server. */
let folder: ServedFolder

beforeAll(async () => {
  folder = await ServedFolder.start()
})
afterAll(() => folder[Symbol.asyncDispose]())

describe('limits of time', () => {
  it('P-6.10: long work is accompanied by progress', async () => {
    await using client = await RawClient.login(folder.server)
    folder.write('sparse.bin', '')
    // No machine computes its MD5 within the second after which progress is told.
    const size = 100_000 * LIMITS.payload
    fs.truncateSync(folder.at('sparse.bin'), size)
    const id = client.request({ type: 'digest', path: 'sparse.bin' })
    const { reply } = await client.take('progress')
    expect(reply).toMatchObject({ total: size })
    expect(reply.done).toBeGreaterThan(0)
    client.send({ id, type: 'cancel' })
    expect((await client.take('error')).reply).toMatchObject({ id, code: 'cancelled' })
  })

  it('P-6.15: a server that stops finishes what it serves, and says so', async () => {
    await using stopping = await ServedFolder.start()
    await using idle = await RawClient.login(stopping.server)
    await using busy = await RawClient.login(stopping.server)
    const put = busy.request({ type: 'put', path: 'last.txt', length: null, ifExists: 'fail' })
    const ping = busy.request({ type: 'ping' })
    await busy.take('ready')
    const closed = stopping.server.close(10_000)
    await expectEnd(idle, 'shutdown')
    busy.send({ id: put, type: 'data', ...dataOf(content(5), 0) }, content(5))
    await busy.take('ack')
    expect((await busy.take('stored')).reply.id).toBe(put)
    expect(ping).toBe(put + 1)
    await expectEnd(busy, 'shutdown')
    await closed
    expect(stopping.read('last.txt')).toEqual(content(5))
  })
})
