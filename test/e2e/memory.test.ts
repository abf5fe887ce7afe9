import fs from 'node:fs'
import { expect, it } from 'vitest'
import { MIB } from '../support/files.ts'
import { RawClient } from '../support/raw-client.ts'
import { ServerProcess } from '../support/server-process.ts'
import { TempDir } from '../support/temp-dir.ts'

/** More transfers than the server has memory for. */
const CLIENTS = 80
/** What all its threads have for blocks, and what they and their stacks take besides. */
const BOUND = 256 + 64

it('transfers beyond the memory for blocks wait, hear that they do, and are served when others end', async () => {
  using folder = new TempDir()
  const root = folder.folder('root')
  fs.writeFileSync(`${root}/big`, '')
  fs.truncateSync(`${root}/big`, 24 * MIB)
  await using server = await ServerProcess.start({ root, args: ['--threads', '1'] })
  const address = { host: '127.0.0.1', port: server.port }
  await using stack = new AsyncDisposableStack()
  const login = async (): Promise<RawClient> => stack.use(await RawClient.login(address))
  const clients = await Promise.all(Array.from({ length: CLIENTS }, login))
  await clients[0]?.ask({ type: 'digest', path: 'big' }, 'digest')
  const before = residentMiB(server.program.pid)

  // None of them reads on.
  for (const client of clients) client.request({ type: 'get', path: 'big' })
  const begun = await Promise.all(
    clients.map(async (client) => {
      const { type } = (await client.next())?.reply ?? {}
      client.socket.pause()
      return type === 'file'
    }),
  )
  const waiting = clients.filter((_, index) => !begun[index])
  expect(waiting.length).toBeGreaterThan(5)
  expect(waiting.length).toBeLessThan(CLIENTS / 2)
  expect(residentMiB(server.program.pid) - before).toBeLessThan(BOUND)

  for (const [index, client] of clients.entries()) if (begun[index]) client.socket.destroy()
  for (const client of waiting) {
    client.socket.resume()
    await client.take('file')
  }
  expect(residentMiB(server.program.pid) - before).toBeLessThan(BOUND)
})

function residentMiB(pid: number): number {
  const [, kib = ''] = /VmHWM:\s+(\d+)/.exec(fs.readFileSync(`/proc/${pid}/status`, 'utf8')) ?? []
  return Number(kib) / 1024
}
