import fs from 'node:fs'
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { ChaosProxy } from '../support/chaos-proxy.ts'
import { until } from '../support/deadline.ts'
import { flipBit, MIB, randomBytes, serverPartials, writeRandom } from '../support/files.ts'
import type { Run } from '../support/in-process-client.ts'
import { LocalSite } from '../support/local-site.ts'
import { MOVES, type Move } from '../support/moves.ts'

const SIZE = 4 * MIB + 333
const HELD = 3 * MIB

let site: LocalSite
beforeAll(async () => {
  site = await LocalSite.open({ threads: 2 })
})
afterAll(() => site[Symbol.asyncDispose]())
beforeEach(() => site.clear())

describe.each(MOVES)('What an interrupted $name left', (move) => {
  it('is continued where it ends', async () => {
    const bytes = writeRandom(move.source(site), SIZE, 1)
    await interrupt(move)
    const { run, sent } = await moveAgain(move)
    expect(resumeOf(run)).toMatchObject({ bytes: HELD, held: HELD })
    expect(sent).toBeLessThan(SIZE - HELD + 16_384)
    expectRight(move, run, bytes)
  })

  it.each([0, 1, MIB - 1, MIB, 1.5 * MIB, 2 * MIB - 1, 2 * MIB, HELD - 1])(
    'is repaired when the byte at %i has rotted',
    async (offset) => {
      const bytes = writeRandom(move.source(site), SIZE, 2)
      flipBit(await interrupt(move), offset, offset % 8)
      const { run, sent } = await moveAgain(move)
      const good = offset - (offset % MIB)
      expect(resumeOf(run)).toMatchObject({ bytes: good, held: HELD })
      expect(sent).toBeLessThan(SIZE - good + 16_384)
      expectRight(move, run, bytes)
    },
  )

  it.each([
    ['of the same size with other content', SIZE],
    ['that is longer', SIZE + 2 * MIB],
    ['that is shorter than what is there', 2 * MIB + 5],
  ])('belongs to a version that is gone when there is one %s: it starts again', async (_, size) => {
    writeRandom(move.source(site), SIZE, 3)
    await interrupt(move)
    const fresh = writeRandom(move.source(site), size, 4)
    const { run } = await moveAgain(move)
    expect(resumeOf(run)).toMatchObject({ bytes: 0, held: HELD })
    expectRight(move, run, fresh)
  })

  it('serves as far as a longer version begins with the same bytes', async () => {
    const bytes = writeRandom(move.source(site), SIZE, 5)
    await interrupt(move)
    const longer = Buffer.concat([bytes, randomBytes(MIB, 6)])
    longer.fill(0, 2 * MIB + 10, 2 * MIB + 20)
    fs.writeFileSync(move.source(site), longer)
    const { run } = await moveAgain(move)
    expect(resumeOf(run)).toMatchObject({ bytes: 2 * MIB, held: HELD })
    expectRight(move, run, longer)
  })

  it('does no harm when the file has shrunk below one block', async () => {
    writeRandom(move.source(site), SIZE, 7)
    await interrupt(move)
    const fresh = writeRandom(move.source(site), 1000, 8)
    expect(await site.run(move.command(site))).toMatchObject({ code: 0 })
    expect(fs.readFileSync(move.target(site)).equals(fresh)).toBe(true)
  })

  it('is found whole when only the end was missing, for a file of whole blocks', async () => {
    const bytes = writeRandom(move.source(site), HELD + MIB, 9)
    await interrupt(move, HELD + MIB)
    const { run, sent } = await moveAgain(move)
    expect(resumeOf(run)).toMatchObject({ bytes: HELD + MIB, held: HELD + MIB })
    expect(sent).toBeLessThan(16_384)
    expectRight(move, run, bytes)
  })
})

/** Leaves exactly so many bytes of an interrupted transfer. @returns the partial */
async function interrupt(move: Move, held = HELD): Promise<string> {
  await using proxy = await ChaosProxy.start(site.server.port, () => ({
    [move.direction]: { stallAfter: 2.5 * MIB },
  }))
  const stop = new AbortController()
  const running = site.run(move.command(site), { port: proxy.port, signal: stop.signal })
  await proxy.stalled
  const candidates = (): string[] =>
    [...serverPartials(site.root), ...fs.readdirSync(site.home).map((name) => site.local(name))].filter(
      (file) => file !== move.source(site),
    )
  const partial = await until('two blocks', () =>
    candidates().find((file) => fs.statSync(file).size === 2 * MIB),
  )
  stop.abort()
  expect(await running).not.toMatchObject({ code: 0 })
  fs.writeFileSync(partial, fs.readFileSync(move.source(site)).subarray(0, held))
  return partial
}

/** The same command again, counting what the sender sends. */
async function moveAgain(move: Move): Promise<{ run: Run; sent: number }> {
  await using proxy = await ChaosProxy.start(site.server.port)
  const run = await site.run(move.command(site), { port: proxy.port })
  return { run, sent: proxy.bytes[move.direction] }
}

function resumeOf({ events }: Run): unknown {
  return events.find(({ event }) => event === 'resume')
}

function expectRight(move: Move, run: Run, bytes: Buffer): void {
  expect(run).toMatchObject({ code: 0 })
  expect(fs.readFileSync(move.target(site)).equals(bytes)).toBe(true)
  expect(serverPartials(site.root)).toEqual([])
  expect(fs.readdirSync(site.home)).toEqual(['file.bin'])
  expect(site.faults).toEqual([])
}
