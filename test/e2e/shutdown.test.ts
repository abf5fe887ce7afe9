import fs from 'node:fs'
import net from 'node:net'
import path from 'node:path'
import { describe, expect, it } from 'vitest'
import { ChaosProxy } from '../support/chaos-proxy.ts'
import { until, within } from '../support/deadline.ts'
import { MIB, serverPartials, writeRandom } from '../support/files.ts'
import { MOVES } from '../support/moves.ts'
import { Site } from '../support/site.ts'

const SIGNALS = ['SIGTERM', 'SIGINT'] as const
const STOPPED = { code: 0, signal: null }
const AT_ONCE_MS = 2_000
const SOON_MS = 5_000

describe.concurrent.each(SIGNALS)('A server that gets %s', { timeout: 30_000 }, (signal) => {
  it('ends at once with exit code 0 when it has nothing to do', async () => {
    await using site = await Site.open()
    await using shell = await ChaosProxy.start(site.port)
    expect((await site.run(['ls'], { port: shell.port })).code).toBe(0)
    expect(await within(AT_ONCE_MS, 'the end', site.server.kill(signal))).toEqual(STOPPED)
    expect(site.server.program.events.at(-1)).toEqual({ event: 'stopped' })
    expect(site.server.program.stderr).toBe('')
  })

  it.each(MOVES)(
    'in the middle of a $name ends soon, and the client goes on when it is back',
    async (move) => {
      await using site = await Site.open()
      const bytes = writeRandom(move.source(site), 6 * MIB + 17, 1)
      await using proxy = await ChaosProxy.start(site.port, (connection) =>
        connection === 0 ? { [move.direction]: { stallAfter: 3.5 * MIB } } : {},
      )
      await using client = site.start(move.command(site), { port: proxy.port })
      await proxy.stalled
      expect(await within(SOON_MS, 'the end', site.server.kill(signal))).toEqual(STOPPED)
      expect(fs.existsSync(move.target(site))).toBe(false)
      expect(serverPartials(site.root).length).toBe(move.name === 'put' ? 1 : 0)
      proxy.release()
      await client.event('retry')
      await site.restart()

      expect(await client.result()).toMatchObject({ code: 0, stderr: '' })
      expect(fs.readFileSync(move.target(site)).equals(bytes)).toBe(true)
      expect(proxy.bytes[move.direction] - bytes.length).toBeLessThan(2 * MIB + 32_768)
      expect(serverPartials(site.root)).toEqual([])
    },
  )
})

it('A second signal ends a server at once that waits for its clients', { timeout: 30_000 }, async () => {
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
