import fs from 'node:fs'
import path from 'node:path'
import { connect } from '@ftp/client'
import type { IfExists } from '@ftp/protocol'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { ChaosProxy } from '../support/chaos-proxy.ts'
import { MIB, writeRandom } from '../support/files.ts'
import { LocalSite } from '../support/local-site.ts'

let site: LocalSite
let proxy: ChaosProxy
beforeAll(async () => {
  site = await LocalSite.open()
  proxy = await ChaosProxy.start(site.server.port)
})
afterAll(async () => {
  await proxy[Symbol.asyncDispose]()
  await site[Symbol.asyncDispose]()
})

/** The bytes of a handshake and of requests without content. */
const OVERHEAD = 5_000
const SKIPPED = { event: 'summary', done: 0, skipped: 1, failed: 0, exitCode: 0, bytes: 0, moved: 0 }

/** Puts something, and measures how many bytes that takes. */
async function put(...args: string[]): Promise<{ summary: object | undefined; sent: number }> {
  const before = proxy.bytes.up
  const { events } = await site.run(['put', ...args], { port: proxy.port })
  return { summary: events.at(-1), sent: proxy.bytes.up - before }
}

describe.each<IfExists>(['skip', 'newer', 'different'])('A put with --if-exists %s', (policy) => {
  it.each([0, 900_000, MIB, 3 * MIB])(
    'of a file of %i bytes that is there is skipped, and moves nothing',
    async (size) => {
      const file = site.local(`${policy}-${size}`)
      writeRandom(file, size, 1)
      await put(file, '--if-exists', policy)
      for (let times = 0; times < 2; times++) {
        const { summary, sent } = await put(file, '--if-exists', policy)
        expect(summary).toMatchObject(SKIPPED)
        expect(sent).toBeLessThan(OVERHEAD)
      }
    },
  )

  it('of a tree that is there is skipped, and moves nothing', async () => {
    const tree = site.local(`tree-${policy}`)
    fs.mkdirSync(tree)
    writeRandom(path.join(tree, 'f'), 900_000, 1)
    await put('-r', tree, '--if-exists', policy)
    const { summary, sent } = await put('-r', tree, '--if-exists', policy)
    expect(summary).toMatchObject(SKIPPED)
    expect(sent).toBeLessThan(OVERHEAD)
  })
})

it('A stream whose target is there is not read', async () => {
  fs.writeFileSync(site.remote('taken'), 'old')
  using client = await connect(`127.0.0.1:${site.server.port}`, {
    plaintext: true,
    config: site.local('config'),
  })
  let isRead = false
  async function* stream(): AsyncGenerator<Uint8Array> {
    isRead = true
    yield new Uint8Array(1)
  }
  expect(await client.put(stream(), 'taken', { ifExists: 'skip' })).toMatchObject({ outcome: 'skipped' })
  expect(isRead).toBe(false)
})
