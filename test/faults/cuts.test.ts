import fs from 'node:fs'
import { describe, expect, it } from 'vitest'
import { ChaosProxy, type Direction, type Plan } from '../support/chaos-proxy.ts'
import { MIB, randomNumbers, writeRandom } from '../support/files.ts'
import { LocalSite } from '../support/local-site.ts'
import { MOVES, type Move } from '../support/moves.ts'
import { recordFrames } from '../support/recording.ts'

const WAYS: readonly Direction[] = ['up', 'down']
const ENDS = ['fin', 'rst'] as const
/** How many at random places; `pnpm torture` makes 500. */
const CUTS = Number(process.env.CUTS ?? 24)
/** At each border a cut of either kind; otherwise of one, in turn. */
const THOROUGH = process.env.CUTS !== undefined
const SEED = Number(process.env.SEED ?? 1)
/** What headers, TLS and handshakes take on top. */
const OVERHEAD = 65_536

describe.concurrent.each(MOVES)(
  'A $name whose connection is cut',
  { timeout: 300_000 + CUTS * 2_000 },
  (move) => {
    it('at any frame border, or a byte beside it, ends with the right file', async () => {
      await using site = await LocalSite.open({ threads: 2 })
      const bytes = writeRandom(move.source(site), 2 * MIB + 5, 1)
      const frames = await recordFrames(site, move)
      for (const way of WAYS) {
        const welcomed = frames[way][1]?.end ?? 0
        const borders = frames[way].flatMap(({ payload, end }) => [payload, end])
        expect(borders.length).toBeGreaterThan(6)
        const places = new Set(borders.flatMap((border) => [border - 1, border, border + 1]))
        for (const [index, cutAfter] of [...places].entries()) {
          for (const cutWith of THOROUGH ? ENDS : ENDS.slice(index % 2).slice(0, 1)) {
            const { code } = await moveOnce(site, move, bytes, { [way]: { cutAfter, cutWith } })
            // A server that has never let it in is not waited for.
            expect(code === 0 || (code === 6 && cutAfter <= welcomed), `${code} at ${cutAfter} ${way}`).toBe(
              true,
            )
          }
        }
      }
    })

    it('at any place of a larger file ends with the right file, and nothing that has arrived is sent twice', async () => {
      await using site = await LocalSite.open({ threads: 2 })
      const size = 6 * MIB + 100
      const bytes = writeRandom(move.source(site), size, 2)
      const random = randomNumbers(SEED + 2)
      for (const cutWith of ENDS) {
        for (let round = 0; round < CUTS / (ENDS.length * MOVES.length); round++) {
          const cutAfter = 200 + Math.floor(random() * (size - 200))
          const { code, sentLater } = await moveOnce(site, move, bytes, {
            [move.direction]: { cutAfter, cutWith },
          })
          expect(code, `at ${cutAfter}, SEED=${SEED}`).toBe(0)
          // A reset drops what the receiver has not read.
          const arrived = cutWith === 'fin' ? cutAfter : 0
          expect(sentLater, `at ${cutAfter}, SEED=${SEED}`).toBeLessThan(size - arrived + MIB + OVERHEAD)
        }
      }
    })

    it('again and again gets there, as long as every connection brings a block', async () => {
      await using site = await LocalSite.open({ threads: 2 })
      const bytes = writeRandom(move.source(site), 6 * MIB + 100, 4)
      const cuts: Plan = { [move.direction]: { cutAfter: 1.3 * MIB } }
      await using proxy = await ChaosProxy.start(site.server.port, () => cuts)
      expect(await site.run(move.command(site), { port: proxy.port })).toMatchObject({ code: 0 })
      expect(fs.readFileSync(move.target(site)).equals(bytes)).toBe(true)
      expect(proxy.connections).toBeGreaterThanOrEqual(5)
    })
  },
)

/**
 * Moves the file while its first connection is cut; nothing wrong may come of it.
 * @returns also how many bytes came over the connections after that
 */
async function moveOnce(
  site: LocalSite,
  move: Move,
  bytes: Buffer,
  plan: Plan,
): Promise<{ code: number; sentLater: number }> {
  fs.rmSync(move.target(site), { force: true })
  let sentLater = 0
  const watch: Plan['watch'] = (direction, { length }) => {
    if (direction === move.direction) sentLater += length
  }
  await using proxy = await ChaosProxy.start(site.server.port, (connection) =>
    connection === 0 ? plan : { watch },
  )
  const { code } = await site.run(move.command(site), { port: proxy.port })
  const arrived = fs.existsSync(move.target(site)) ? fs.readFileSync(move.target(site)) : undefined
  expect(arrived?.equals(bytes), JSON.stringify(plan)).toBe(code === 0 ? true : undefined)
  return { code, sentLater }
}
