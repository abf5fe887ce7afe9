import net from 'node:net'
import path from 'node:path'
import { expect, it } from 'vitest'
import { ChaosProxy } from '../support/chaos-proxy.ts'
import { until } from '../support/deadline.ts'
import { MIB, serverPartials, writeRandom } from '../support/files.ts'
import { Site } from '../support/site.ts'

/** Less than what running requests are given. */
const AT_ONCE_MS = 2_000
const STOPPED = { code: 0, signal: null }

it.each(['SIGTERM', 'SIGINT'] as const)(
  'a server with nothing to do ends at once with %s',
  async (signal) => {
    await using site = await Site.open()
    await using shell = site.start(['shell'])
    shell.stdin.write('ls\npwd\n')
    await shell.prints(/"\/"|^\/$/m)
    const began = performance.now()
    expect(await site.server.kill(signal)).toEqual(STOPPED)
    expect(performance.now() - began).toBeLessThan(AT_ONCE_MS)
  },
)

it('a second signal ends at once a server that waits for its clients', async () => {
  await using site = await Site.open()
  writeRandom(path.join(site.home, 'file.bin'), 6 * MIB, 2)
  await using proxy = await ChaosProxy.start(site.port, () => ({ up: { stallAfter: 3.5 * MIB } }))
  await using _client = site.start(['put', 'file.bin'], { port: proxy.port })
  await proxy.stalled
  const { program } = site.server
  const ended = program.kill('SIGTERM')
  await until('it takes no more connections', () => refuses(site.port))
  const again = performance.now()
  void program.kill('SIGTERM')
  expect(await ended).toEqual(STOPPED)
  expect(program.events.map(({ event }) => event)).not.toContain('stopped')
  expect(performance.now() - again).toBeLessThan(AT_ONCE_MS)
  expect(serverPartials(site.root)).toHaveLength(1)
})

async function refuses(port: number): Promise<boolean> {
  const socket = net.connect(port, '127.0.0.1')
  return await new Promise<boolean>((resolve) => {
    socket.once('connect', () => resolve(false)).once('error', () => resolve(true))
  }).finally(() => socket.destroy())
}
