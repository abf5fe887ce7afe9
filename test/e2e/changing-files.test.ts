import fs from 'node:fs'
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { ChaosProxy } from '../support/chaos-proxy.ts'
import { MIB, randomBytes, setMtime, writeRandom } from '../support/files.ts'
import { LocalSite } from '../support/local-site.ts'
import { MOVES } from '../support/moves.ts'

// More than what both sides may have read when the wire stalls.
const SIZE = 24 * MIB + 5
const OLD = 'what was there before'

/** What can happen to the bytes of a file while it is read. */
const CHANGES: [title: string, change: (file: string) => void][] = [
  ['grows', (file) => fs.appendFileSync(file, 'more')],
  ['shrinks', (file) => fs.truncateSync(file, 5 * MIB)],
  ['is emptied', (file) => fs.truncateSync(file, 0)],
  ['is written over', (file) => fs.writeFileSync(file, randomBytes(SIZE, 9))],
  [
    'is written over and gets its old time back',
    (file) => {
      fs.writeFileSync(file, randomBytes(SIZE, 9))
      setMtime(file, 1_600_000_000_000_000)
    },
  ],
]

/** What can happen to its name: whoever has it open still reads the old bytes, all of them. */
const REMOVALS: [title: string, change: (file: string) => void][] = [
  [
    'is replaced by another',
    (file) => {
      fs.writeFileSync(`${file}.new`, randomBytes(SIZE, 9))
      fs.renameSync(`${file}.new`, file)
    },
  ],
  ['is removed', (file) => fs.rmSync(file)],
]

let site: LocalSite
beforeAll(async () => {
  site = await LocalSite.open()
})
afterAll(() => site[Symbol.asyncDispose]())
beforeEach(() => site.clear())

describe.each(MOVES)('A file that changes during a $name', (move) => {
  it.each(CHANGES)('because it %s is not stored, and what was there stays', async (_, change) => {
    writeRandom(move.source(site), SIZE, 1)
    setMtime(move.source(site), 1_600_000_000_000_000)
    fs.writeFileSync(move.target(site), OLD)
    await using proxy = await ChaosProxy.start(site.server.port, () => ({
      [move.direction]: { stallAfter: 3.5 * MIB },
    }))
    const moving = site.run(move.command(site), { port: proxy.port, json: false })
    await proxy.stalled
    change(move.source(site))
    proxy.release()

    const { code, text } = await moving
    expect(code).toBe(5)
    expect(text).toMatch(/changed while it was being (sent|read)/)
    expect(fs.readFileSync(move.target(site), 'utf8')).toBe(OLD)

    expect((await site.run(move.command(site))).code).toBe(0)
    expect(fs.readFileSync(move.target(site)).equals(fs.readFileSync(move.source(site)))).toBe(true)
  })

  it.each(REMOVALS)('because it %s is stored as it was, or not at all', async (_, change) => {
    const bytes = writeRandom(move.source(site), SIZE, 1)
    fs.writeFileSync(move.target(site), OLD)
    await using proxy = await ChaosProxy.start(site.server.port, () => ({
      [move.direction]: { stallAfter: 3.5 * MIB },
    }))
    const moving = site.run(move.command(site), { port: proxy.port, json: false })
    await proxy.stalled
    change(move.source(site))
    proxy.release()

    const { code } = await moving
    expect([0, 5]).toContain(code)
    expect(fs.readFileSync(move.target(site)).equals(code === 0 ? bytes : Buffer.from(OLD))).toBe(true)
  })
})

describe('A file on the server that changes between two connections', () => {
  it('is never spliced: the get starts again with the new one', async () => {
    const [, move] = MOVES
    if (move === undefined) throw new Error('there is no get')
    writeRandom(move.source(site), SIZE, 1)
    await using proxy = await ChaosProxy.start(site.server.port, (connection) =>
      connection === 0 ? { down: { stallAfter: 3.5 * MIB } } : {},
    )
    const moving = site.run(move.command(site), { port: proxy.port })
    await proxy.stalled
    const fresh = randomBytes(SIZE, 2)
    fs.writeFileSync(move.source(site), fresh)
    proxy.cut()
    const { code, events } = await moving
    expect(code).toBe(0)
    expect(events).toContainEqual(expect.objectContaining({ event: 'resume', bytes: 0 }))
    expect(fs.readFileSync(move.target(site)).equals(fresh)).toBe(true)
  })
})
