import fs from 'node:fs'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { ChaosProxy, type Plan } from '../support/chaos-proxy.ts'
import { MIB, writeRandom } from '../support/files.ts'
import { LocalSite } from '../support/local-site.ts'
import { MOVES, type Move } from '../support/moves.ts'
import { recordFrames } from '../support/recording.ts'

const SIZE = 3 * MIB + 17

let site: LocalSite
beforeAll(async () => {
  site = await LocalSite.open({ threads: 2 })
})
afterAll(() => site[Symbol.asyncDispose]())

/** Moves a file through a bad network. @returns what was told of it */
async function move(how: Move, plan: Plan, timeout = '60s'): Promise<readonly string[]> {
  const bytes = writeRandom(how.source(site), SIZE, 1)
  fs.rmSync(how.target(site), { force: true })
  await using proxy = await ChaosProxy.start(site.server.port, (connection) => (connection === 0 ? plan : {}))
  const run = await site.run(how.command(site), { port: proxy.port, global: ['--timeout', timeout] })
  expect(run.code, run.text).toBe(0)
  expect(fs.readFileSync(how.target(site)).equals(bytes)).toBe(true)
  fs.rmSync(how.source(site))
  return run.events.map(({ event }) => event)
}

describe.each(MOVES)('a $name', (how) => {
  it('over a long way arrives without a new attempt', async () => {
    expect(await move(how, { up: { delayMs: 60 }, down: { delayMs: 60 } })).not.toContain('retry')
  })

  it('over a narrow line arrives without a new attempt', async () => {
    expect(await move(how, { [how.direction]: { bytesPerSecond: 4 * MIB } })).not.toContain('retry')
  })

  it.each(['up', 'down'] as const)('that stalls on its way %s goes on over a new connection', async (way) => {
    writeRandom(how.source(site), SIZE, 2)
    // After the login and the request, so that bytes are on their way or the answer is missing; or before the
    // request, because a get of this size needs no acknowledgements.
    const isRequest = how.name === 'get' && way === 'up'
    const stallAfter = (await recordFrames(site, how))[way][isRequest ? 1 : 2]?.end ?? 0
    expect(await move(how, { [way]: { stallAfter } }, '2s')).toContain('retry')
  })
})
