import fs from 'node:fs'
import { describe, expect, it } from 'vitest'
import { ChaosProxy } from '../support/chaos-proxy.ts'
import { MIB, serverPartials, writeRandom } from '../support/files.ts'
import { MOVES } from '../support/moves.ts'
import { Site } from '../support/site.ts'

const SIGNALS = ['SIGTERM', 'SIGINT'] as const
const STOPPED = { code: 0, signal: null }

describe.concurrent.each(SIGNALS)('A server that gets %s', (signal) => {
  it('ends with exit code 0 when it has nothing to do', async () => {
    await using site = await Site.open()
    await using shell = await ChaosProxy.start(site.port)
    expect((await site.runProcess(['ls'], { port: shell.port })).code).toBe(0)
    expect(await site.server.kill(signal)).toEqual(STOPPED)
    expect(site.server.program.events.at(-1)).toEqual({ event: 'stopped' })
    expect(site.server.program.stderr).toBe('')
  })

  it.each(MOVES)('in the middle of a $name ends, and the client goes on when it is back', async (move) => {
    await using site = await Site.open()
    // More than the sockets and the proxy hold: the server cannot have sent everything when it ends.
    const bytes = writeRandom(move.source(site), 32 * MIB + 17, 1)
    await using proxy = await ChaosProxy.start(
      () => site.port,
      (connection) => (connection === 0 ? { [move.direction]: { stallAfter: 3.5 * MIB } } : {}),
    )
    await using client = site.start(move.command(site), { port: proxy.port })
    await proxy.stalled
    expect(await site.server.kill(signal)).toEqual(STOPPED)
    expect(fs.existsSync(move.target(site))).toBe(false)
    expect(serverPartials(site.root).length).toBe(move.name === 'put' ? 1 : 0)
    proxy.release()
    await client.event('retry')
    await site.restart()

    expect(await client.result()).toMatchObject({ code: 0, stderr: '' })
    expect(fs.readFileSync(move.target(site)).equals(bytes)).toBe(true)
    expect(proxy.bytes[move.direction] - bytes.length).toBeLessThan(2 * MIB + 32_768)
    expect(serverPartials(site.root)).toEqual([])
  })
})
