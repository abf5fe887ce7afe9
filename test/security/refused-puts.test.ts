import fs from 'node:fs'
import { LIMITS } from '@ftp/protocol'
import { expect, it } from 'vitest'
import { content, wholePut } from '../support/chain.ts'
import { OneThreadServer } from '../support/one-thread-server.ts'
import { RawClient } from '../support/raw-client.ts'
import { ServerProcess } from '../support/server-process.ts'
import { TempDir } from '../support/temp-dir.ts'

/*
 * Puts that are refused while their bytes are on the way: what they have taken comes back, whether the connection goes on
 * or ends.
 */

const MIB = LIMITS.payload
const BYTES = content(MIB)
const MD5 = '0'.repeat(32)
/** Refused for its unknown field; the connection is kept. */
const BAD = { type: 'put', path: 'x', length: MIB, md5: MD5, ifExists: 'replace', bogus: 1 }

async function expectAllBack({ hasher: { blocks }, connections }: OneThreadServer): Promise<void> {
  await expect.poll(() => blocks.taken, { message: `${connections} connections` }).toBe(0)
}

it('puts that are stored give their blocks back', async () => {
  await using server = await OneThreadServer.start()
  await using client = await RawClient.login(server.server)
  for (let i = 0; i < 20; i++) await client.ask(wholePut('ok', BYTES), 'stored', BYTES)
  await expectAllBack(server)
})

it.each(['write', 'read'] as const)(
  'puts that are refused give their blocks back while their connection goes on, whoever may only %s',
  async (anonymous) => {
    await using server = await OneThreadServer.start({ anonymous })
    await using client = await RawClient.login(server.server)
    for (let i = 0; i < 20; i++) await client.ask(BAD, 'error', BYTES)
    await expectAllBack(server)
  },
)

it('connections that send a block out of place give their blocks back, also those that wait behind it', async () => {
  await using server = await OneThreadServer.start()
  for (let i = 0; i < 10; i++) {
    await using client = await RawClient.login(server.server)
    const { id = 0 } = await client.ask(
      { type: 'put', path: 'y', length: 9 * MIB, ifExists: 'replace' },
      'ready',
    )
    client.send({ id, type: 'data', offset: MIB, md5: MD5 }, BYTES)
    for (let k = 0; k < (i % 2) * 6; k++) client.send({ id, type: 'data', offset: k * MIB, md5: MD5 }, BYTES)
    await client.rest()
  }
  await expectAllBack(server)
})

it('a server keeps its size through hundreds of refused puts', async () => {
  using folder = new TempDir()
  await using server = await ServerProcess.start({ root: folder.folder('root') })
  await using client = await RawClient.login({ host: '127.0.0.1', port: server.port })
  const refuse = async (times: number): Promise<void> => {
    for (let i = 0; i < times; i++) await client.ask(BAD, 'error', BYTES)
  }
  await refuse(60)
  const before = residentMiB(server.program.pid)
  await refuse(300)
  // Without their owners there would be a MiB more for each.
  expect(residentMiB(server.program.pid) - before).toBeLessThan(150)
})

function residentMiB(pid: number): number {
  const [, kilobytes] = /^VmRSS:\s+(\d+)/m.exec(fs.readFileSync(`/proc/${pid}/status`, 'utf8')) ?? []
  return Number(kilobytes) / 1_024
}
